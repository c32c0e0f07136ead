import { useState } from 'preact/hooks';
import { api, type Diff, type Field, type HistoryEntry, type ProblemBody } from '../api';
import { ago, bytes, count, time } from '../format';
import { Grid } from '../grid';
import { useQuery } from '../query';
import { Empty, Loading, Popover, ProblemBox, useLoaded } from '../ui';

interface HistoryProps {
  name: string;
  history?: HistoryEntry[];
  problem?: ProblemBody;
  show: (version: string) => void;
}

export function HistoryTab({ name, history, problem, show }: HistoryProps) {
  const [chosen, setChosen] = useState<string>();
  if (problem) return <ProblemBox problem={problem} />;
  if (!history) return <Loading />;
  if (!history.length) return <Empty title="This table keeps no history" />;
  return (
    <ol class="timeline">
      {history.map((entry, i) => (
        <li key={entry.version} class={chosen === entry.version ? 'chosen' : ''}>
          <button
            class="entry"
            aria-expanded={chosen === entry.version}
            onClick={() => setChosen(chosen === entry.version ? undefined : entry.version)}
          >
            <span class="version" title={entry.version}>
              {entry.version.length > 8 ? '…' + entry.version.slice(-5) : entry.version}
            </span>
            <b dir="auto">{entry.operation}</b>
            <span class="metrics">{metricsOf(entry)}</span>
            <span class="who" dir="auto">
              {[entry.user, entry.engine].filter(Boolean).join(' · ')}
            </span>
            <time title={time(entry.timestamp_us)}>{ago(entry.timestamp_us)}</time>
          </button>
          {chosen === entry.version && <Change name={name} entry={entry} older={history.slice(i + 1, i + 101)} show={show} />}
        </li>
      ))}
    </ol>
  );
}

// "numOutputRows" and "num_output_rows" say the same.
const words = (key: string) =>
  key
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[_-]/g, ' ')
    .toLowerCase()
    .replace(/^num /, '');

// Some commits say a figure under two names.
function onceEach(metrics: Record<string, string>): [string, string][] {
  const seen = new Set<string>();
  return Object.entries(metrics).filter(([key]) => !seen.has(words(key)) && seen.add(words(key)));
}

function metricsOf(entry: HistoryEntry): string {
  const telling = onceEach(entry.metrics).filter(([key, value]) => /rows|records|files$/i.test(key) && !/^total/.test(key) && value !== '0');
  return telling
    .slice(0, 3)
    .map(([key, value]) => `${value} ${words(key)}`)
    .join(', ');
}

interface ChangeProps {
  name: string;
  entry: HistoryEntry;
  older: HistoryEntry[];
  show: (version: string) => void;
}

function Change({ name, entry, older, show }: ChangeProps) {
  const [base, setBase] = useState(older[0]?.version);
  const diff = useLoaded(() => (base === undefined ? Promise.resolve(null) : api.diff(name, base, entry.version)), [name, base, entry.version]);
  const [rows, setRows] = useState(false);
  const facts = [...Object.entries(entry.parameters), ...Object.entries(entry.other)];
  const differs = diff.value && diff.value.added.total + diff.value.removed.total > 0;
  return (
    <div class="change">
      <p class="actions">
        <button onClick={() => show(entry.version)}>Show this version</button>
        {base !== undefined && (
          <>
            <label class="inline">
              <span class="note">Compared with</span>
              <select value={base} aria-label="Compared with" onChange={(event) => setBase(event.currentTarget.value)}>
                {older.map((one) => (
                  <option key={one.version} value={one.version}>
                    {one.version} · {one.operation}
                  </option>
                ))}
              </select>
            </label>
            <button onClick={() => setRows(!rows)}>{rows ? 'Hide rows' : 'Rows that changed'}</button>
          </>
        )}
        <span class="note">{time(entry.timestamp_us)}</span>
      </p>
      {diff.problem && <ProblemBox problem={diff.problem} />}
      {diff.value === undefined && !diff.problem && <Loading what="Comparing" />}
      {diff.value && <Difference diff={diff.value} />}
      {rows && base !== undefined && (differs === false ? <p class="note">No file differs: no row does.</p> : <ChangedRows key={base} name={name} from={base} to={entry.version} columns={diff.value?.schema_after ?? []} />)}
      {diff.value && differs && <ChangedFiles diff={diff.value} />}
      <div class="columns">
        <Facts title="Parameters" pairs={facts} />
        <Facts title="Metrics" pairs={onceEach(entry.metrics)} />
      </div>
    </div>
  );
}

// The files that one of the two versions has alone, by size.
function ChangedFiles({ diff }: { diff: Diff }) {
  const files = [...diff.added.files.map((file) => ({ sign: '+', file })), ...diff.removed.files.map((file) => ({ sign: '−', file }))];
  const most = Math.max(...files.map((one) => one.file.bytes), 1);
  return (
    <details class="changed-files">
      <summary>{count(files.length, 'file')}</summary>
      <ul>
        {files.slice(0, 200).map(({ sign, file }) => (
          <li key={sign + file.path} class={sign === '+' ? 'plus' : 'minus'}>
            <b>{sign}</b>
            <meter max={most} value={file.bytes} aria-label={bytes(file.bytes)} />
            <span class="note">
              {bytes(file.bytes)}, {file.rows === null ? 'unknown rows' : count(file.rows, 'row')}
              {file.deleted_rows > 0 && `, ${count(file.deleted_rows, 'deleted row')}`}
            </span>
            <bdi class="code">{file.path}</bdi>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Facts({ title, pairs }: { title: string; pairs: [string, string][] }) {
  if (!pairs.length) return null;
  return (
    <section class="pairs">
      <h3>{title}</h3>
      <dl>
        {pairs.map(([key, value]) => (
          <>
            <dt dir="auto">{key}</dt>
            <dd dir="auto">{value}</dd>
          </>
        ))}
      </dl>
    </section>
  );
}

function schemaChanges(before: Field[], after: Field[]): { sign: string; text: string }[] {
  const old = new Map(before.map((field) => [field.name, field]));
  const now = new Map(after.map((field) => [field.name, field]));
  const changes: { sign: string; text: string }[] = [];
  for (const field of after) {
    const was = old.get(field.name);
    if (!was) changes.push({ sign: '+', text: `${field.name} ${field.type}` });
    else if (was.type !== field.type) changes.push({ sign: '~', text: `${field.name} ${was.type} → ${field.type}` });
    else if (was.nullable !== field.nullable) changes.push({ sign: '~', text: `${field.name} ${field.nullable ? 'may be null' : 'not null'}` });
    else if (was.comment !== field.comment) changes.push({ sign: '~', text: `${field.name} comment: ${field.comment || 'none'}` });
  }
  for (const field of before) if (!now.has(field.name)) changes.push({ sign: '−', text: `${field.name} ${field.type}` });
  return changes;
}

function propertyChanges(before: Record<string, string>, after: Record<string, string>): { sign: string; text: string }[] {
  const changes: { sign: string; text: string }[] = [];
  for (const [key, value] of Object.entries(after)) {
    if (!(key in before)) changes.push({ sign: '+', text: `${key} = ${value}` });
    else if (before[key] !== value) changes.push({ sign: '~', text: `${key} = ${before[key]} → ${value}` });
  }
  for (const key of Object.keys(before)) if (!(key in after)) changes.push({ sign: '−', text: `${key} = ${before[key]}` });
  return changes;
}

function Difference({ diff }: { diff: Diff }) {
  const changes = [...schemaChanges(diff.schema_before, diff.schema_after), ...propertyChanges(diff.properties_before, diff.properties_after)];
  const size = (list: Diff['added']) => bytes(list.files.reduce((sum, file) => sum + file.bytes, 0));
  const rows = (list: Diff['added']) => list.files.reduce((sum, file) => sum + Math.max(0, (file.rows ?? 0) - file.deleted_rows), 0);
  const line = (sign: string, list: Diff['added'], word: string) =>
    list.total > 0 && (
      <li class={sign === '+' ? 'plus' : 'minus'}>
        <b>{sign}</b> {count(list.total, 'file')} {word}, {size(list)}, {count(rows(list), 'row')}
      </li>
    );
  return (
    <ul class="difference" aria-label={`from version ${diff.from} to ${diff.to}`}>
      {changes.map((change) => (
        <li class={change.sign === '+' ? 'plus' : change.sign === '−' ? 'minus' : 'changed'}>
          <b>{change.sign}</b> <bdi class="code">{change.text}</bdi>
        </li>
      ))}
      {line('+', diff.added, 'added')}
      {line('−', diff.removed, 'removed')}
      {!changes.length && !diff.added.total && !diff.removed.total && <li class="note">Neither columns, properties nor files differ from version {diff.from}.</li>}
    </ul>
  );
}

const markOf: Record<string, string> = { insert: 'row-plus', delete: 'row-minus', update_preimage: 'row-minus', update_postimage: 'row-plus' };

// Rows are compared themselves, so that it needs no record of them. With a key, a row that is in both is an update.
function ChangedRows({ name, from, to, columns }: { name: string; from: string; to: string; columns: Field[] }) {
  const [key, setKey] = useState<string[]>([]);
  const { status, cancel } = useQuery({ kind: 'diff', table: name, from, to, key }, `${name}:${from}:${to}:${key}`);
  const plain = columns.filter((column) => !column.children.length).map((column) => column.name);
  return (
    <>
      <p class="toolbar">
        <Popover label={key.length ? `Same row by ${key.join(', ')}` : 'Same row by …'}>
          <div class="column-choice">
            <p class="note">Columns that say which row is the same in both: then updates are told apart.</p>
            {plain.map((column) => (
              <label key={column}>
                <input
                  type="checkbox"
                  checked={key.includes(column)}
                  onChange={() => setKey(key.includes(column) ? key.filter((one) => one !== column) : [...key, column])}
                />
                <bdi>{column}</bdi>
              </label>
            ))}
          </div>
        </Popover>
        <span class="note" role="status">
          {status?.state === 'done' && `${count(status.total, 'row')} of difference`}
        </span>
        {status?.state === 'running' && <button onClick={cancel}>Stop</button>}
      </p>
      <div class="changed-rows">
        <Grid status={status} label="rows that changed" empty="No row changed" mark={(row) => markOf[String(row[0])] ?? ''} />
      </div>
    </>
  );
}
