import { useMemo, useState } from 'preact/hooks';
import { api, type Detail, type Field, type HistoryEntry, type Reference, type SessionInfo } from '../api';
import { ago, bytes, count, number, time } from '../format';
import { Grid } from '../grid';
import { tableAddress, type Place } from '../addresses';
import { useQuery } from '../query';
import { CopyButton, FilterForm, Loading, Popover, ProblemBox, Tabs, useLoaded } from '../ui';
import { FilesTab } from './files';
import { HistoryTab } from './history';
import { MaintenanceTab } from './maintenance';
import { StatisticsTab } from './statistics';

type Tab = 'data' | 'schema' | 'statistics' | 'history' | 'files' | 'maintenance' | 'about';
const tabs: [Tab, string][] = [
  ['data', 'Data'],
  ['schema', 'Schema'],
  ['statistics', 'Statistics'],
  ['history', 'History'],
  ['files', 'Files'],
  ['maintenance', 'Maintenance'],
  ['about', 'Properties'],
];

export const sqlName = (name: string) => `'${name.replaceAll("'", "''")}'`;

export function TablePage({ name, place, session }: { name: string; place: Place; session: SessionInfo }) {
  const version = place.parameters.get('version') ?? '';
  const tab = (tabs.find(([id]) => id === place.parameters.get('tab'))?.[0] ?? 'data') as Tab;
  const detail = useLoaded(() => api.detail(name, version), [name, version]);
  const history = useLoaded(() => api.history(name, 500), [name]);
  const go = (changes: Record<string, string>) => {
    const all = { tab, version, ...changes };
    location.hash = tableAddress(name, Object.fromEntries(Object.entries(all).filter(([, value]) => value)));
  };
  const latest = history.value?.[0]?.version;
  const at = !version ? '' : /^\d+$/.test(version) ? ` at (version => ${version})` : /^\d{4}-/.test(version) ? ` at (timestamp => ${sqlName(version)})` : '';
  return (
    <div class="page table-page">
      <header class="page-head">
        <h1 dir="auto">{name}</h1>
        {detail.value && <span class="chip">{detail.value.format}</span>}
        <span class="grow" />
        <VersionPicker history={history.value} references={detail.value?.references ?? []} chosen={version} choose={(chosen) => go({ version: chosen })} />
        <a class="button" href={`#/sql?text=${encodeURIComponent(`select *\nfrom ${sqlName(version && !at ? `${name}@${version}` : name)}${at}\nlimit 100`)}`}>
          Query
        </a>
      </header>
      {version && detail.value && latest !== undefined && detail.value.version !== latest && (
        <p class="banner">
          This is version {detail.value.version}; the newest is {latest}.{' '}
          <button class="link" onClick={() => go({ version: '' })}>
            Show the newest
          </button>
        </p>
      )}
      {detail.value && <Figures detail={detail.value} />}
      <Tabs tabs={tabs} chosen={tab} choose={(chosen) => go({ tab: chosen })} label="about the table" />
      {detail.problem && tab !== 'maintenance' ? (
        <>
          <ProblemBox problem={detail.problem} retry={detail.reload} />
          {detail.problem.code === 'CorruptTable' && (
            <p>
              <button onClick={() => go({ tab: 'maintenance' })}>Look the table over</button>
            </p>
          )}
        </>
      ) : (
        <section class={'tab-' + tab}>
          {tab === 'data' && <DataTab name={name} version={version} />}
          {tab === 'schema' && <SchemaTab name={name} version={version} />}
          {tab === 'statistics' && <StatisticsTab name={name} version={version} />}
          {tab === 'history' && <HistoryTab name={name} history={history.value} problem={history.problem} show={(chosen) => go({ tab: 'data', version: chosen })} />}
          {tab === 'files' && <FilesTab name={name} version={version} uri={detail.value?.uri ?? ''} />}
          {tab === 'maintenance' && (
            <MaintenanceTab
              name={name}
              session={session}
              history={history.value}
              changed={() => {
                detail.reload();
                history.reload();
              }}
            />
          )}
          {tab === 'about' && (detail.value ? <About detail={detail.value} /> : <Loading />)}
        </section>
      )}
    </div>
  );
}

function Figures({ detail }: { detail: Detail }) {
  return (
    <>
      {detail.description && (
        <p class="description" dir="auto">
          {detail.description}
        </p>
      )}
      <p class="figures">
        <span>
          <b>{detail.rows === null ? '?' : number(detail.rows)}</b> rows
        </span>
        <span>
          <b>{bytes(detail.bytes)}</b> in {count(detail.files, 'file')}
        </span>
        <span>
          version <b>{detail.version}</b>
        </span>
        <span title={time(detail.modified_us)}>changed {ago(detail.modified_us)}</span>
      </p>
    </>
  );
}

const other = '…';

interface VersionPickerProps {
  history?: HistoryEntry[];
  references: Reference[];
  chosen: string;
  choose: (version: string) => void;
}

// A branch or tag, a version of the history, or what is typed: any of them, or a time.
function VersionPicker({ history, references, chosen, choose }: VersionPickerProps) {
  const [typing, setTyping] = useState(false);
  const known = history?.some((entry) => entry.version === chosen) || references.some((each) => each.name === chosen);
  if (typing) {
    return (
      <form
        class="inline"
        onSubmit={(event) => {
          event.preventDefault();
          choose(new FormData(event.currentTarget).get('version')!.toString().trim());
          setTyping(false);
        }}
      >
        <input name="version" size={22} placeholder="2025-01-31 12:00, 12 or a branch" aria-label="Version, time or branch" ref={(input) => input?.focus()} />{' '}
        <button type="submit">Show</button>{' '}
        <button type="button" class="quiet" aria-label="Choose from the list" onClick={() => setTyping(false)}>
          ✕
        </button>
      </form>
    );
  }
  const pick = (value: string) => (value === other ? setTyping(true) : choose(value));
  return (
    <label class="inline">
      <span class="note">Version</span>
      <select value={chosen} onChange={(event) => pick(event.currentTarget.value)}>
        <option value="">newest</option>
        {chosen && !known && <option value={chosen}>{chosen}</option>}
        {references.length > 0 && (
          <optgroup label="Branches and tags">
            {references.map((each) => (
              <option key={each.name} value={each.name}>
                {each.name} · {each.branch ? 'branch' : 'tag'}
              </option>
            ))}
          </optgroup>
        )}
        <optgroup label="Versions">
          {history?.map((entry) => (
            <option key={entry.version} value={entry.version}>
              {entry.version} · {entry.operation} · {time(entry.timestamp_us).slice(0, 16)}
            </option>
          ))}
        </optgroup>
        <option value={other}>a time or a branch …</option>
      </select>
    </label>
  );
}

function DataTab({ name, version }: { name: string; version: string }) {
  const schema = useLoaded(() => api.schema(name, version), [name, version]);
  const [where, setWhere] = useState('');
  const [sort, setSort] = useState<string[]>([]);
  const [hidden, setHidden] = useState<string[]>([]);
  const all = schema.value?.map((field) => field.name) ?? [];
  const columns = hidden.length ? all.filter((column) => !hidden.includes(column)) : [];
  const body = { kind: 'scan', table: name, version, where, sort, columns };
  const { status, cancel } = useQuery(hidden.length && !columns.length ? undefined : body, JSON.stringify(body));
  return (
    <>
      <FilterForm label="Rows for which" placeholder="Rows for which …  e.g.  city = 'Paris' and temperature > 20" where={where} setWhere={setWhere}>
        <Popover label={hidden.length ? `Columns (${columns.length}/${all.length})` : 'Columns'} disabled={!schema.value}>
          <div class="column-choice">
            <p>
              <button class="link" type="button" onClick={() => setHidden([])}>
                all
              </button>{' '}
              ·{' '}
              <button class="link" type="button" onClick={() => setHidden(all.slice(1))}>
                only the first
              </button>
            </p>
            {all.map((column) => (
              <label key={column}>
                <input
                  type="checkbox"
                  checked={!hidden.includes(column)}
                  onChange={() => setHidden(hidden.includes(column) ? hidden.filter((one) => one !== column) : [...hidden, column])}
                />
                <bdi>{column}</bdi>
              </label>
            ))}
          </div>
        </Popover>
        {status?.state === 'running' && (
          <button type="button" onClick={cancel}>
            Stop
          </button>
        )}
      </FilterForm>
      {hidden.length > 0 && !columns.length ? (
        <p class="note">No column is chosen.</p>
      ) : (
        <Grid
          status={status}
          sort={sort}
          onSort={setSort}
          onFilter={setWhere}
          label={`rows of ${name}`} empty={where ? 'No row meets the condition' : 'The table has no rows'}
        />
      )}
      <p class="note status-line" role="status">
        {status && status.columns && (
          <>
            {count(status.total, 'row')}
            {status.state === 'running' && ' so far'}
            {status.total > status.kept && status.state !== 'running' && `, the first ${number(status.kept)} are shown`}
          </>
        )}
      </p>
    </>
  );
}

function rowsOf(fields: Field[], depth = 0): { field: Field; depth: number }[] {
  return fields.flatMap((field) => [{ field, depth }, ...rowsOf(field.children, depth + 1)]);
}

function SchemaTab({ name, version }: { name: string; version: string }) {
  const { value, problem } = useLoaded(() => api.schema(name, version), [name, version]);
  const rows = useMemo(() => (value ? rowsOf(value) : []), [value]);
  if (problem) return <ProblemBox problem={problem} />;
  if (!value) return <Loading />;
  const notes = (field: Field) => Object.entries(field.metadata).filter(([key]) => key !== 'comment');
  return (
    <>
      <div class="scroll-x">
        <table class="list">
          <thead>
            <tr>
              <th>Column</th>
              <th>Type</th>
              <th>Null</th>
              <th>Comment</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ field, depth }, i) => (
              <tr key={i}>
                <td style={{ paddingLeft: `${12 + depth * 20}px` }}>
                  <bdi class={depth ? 'code note' : 'code'}>{field.name}</bdi>
                </td>
                <td class="code type">{field.children.length ? field.type.split('<')[0] : field.type}</td>
                <td>{field.nullable ? <span class="note">yes</span> : 'no'}</td>
                <td dir="auto">
                  {field.comment}
                  {notes(field).map(([key, text]) => (
                    <small class="about code" key={key}>
                      {key} = {text}
                    </small>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p>
        <CopyButton label="Copy as SQL" text={() => value.map((field) => `${field.name} ${field.type}${field.nullable ? '' : ' not null'}`).join(', ')} />
      </p>
    </>
  );
}

function Pairs({ title, pairs }: { title: string; pairs: [string, string][] }) {
  return (
    <section class="pairs">
      <h2>{title}</h2>
      {pairs.length ? (
        <dl>
          {pairs.map(([key, value]) => (
            <>
              <dt dir="auto">{key}</dt>
              <dd dir="auto">{value || <span class="note">empty</span>}</dd>
            </>
          ))}
        </dl>
      ) : (
        <p class="note">None</p>
      )}
    </section>
  );
}

function About({ detail }: { detail: Detail }) {
  const facts: [string, string][] = [
    ['location', detail.uri],
    ['format', detail.format],
    ['name', detail.title],
    ['description', detail.description],
    ['id', detail.id],
    ['created', detail.created_us === null ? '' : time(detail.created_us)],
    ['partitioned by', detail.partition_columns.join(', ')],
  ];
  return (
    <div class="columns">
      <Pairs title="Table" pairs={facts.filter(([, value]) => value)} />
      <Pairs title="Protocol and features" pairs={detail.protocol} />
      <Pairs title="Properties" pairs={Object.entries(detail.properties)} />
    </div>
  );
}
