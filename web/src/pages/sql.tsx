import { useEffect, useMemo, useState } from 'preact/hooks';
import { api, cellText, type ProblemBody, type SavedQuery, type SessionInfo, type TableName } from '../api';
import { Chart } from '../chart';
import { Editor } from '../editor';
import { ago, count, number, seconds } from '../format';
import { Grid } from '../grid';
import { savedAddress, type Place } from '../addresses';
import { parametersIn } from '../parameters';
import { Plan } from '../plan';
import { useQuery } from '../query';
import { RefineBar, useRefined } from '../refined';
import { Empty, ExportMenu, Popover, problemOf, ProblemBox, remember, remembered, Tabs } from '../ui';

interface Sheet {
  id: number;
  title: string;
  text: string;
  parameters: Record<string, string>;
  saved?: string; // the saved query that it began as
}
interface Past {
  text: string;
  at: number;
  rows: number;
  seconds: number;
  ended: string; // "done", "failed", "cancelled"
}
interface Run {
  text: string;
  parameters: Record<string, string>;
  turn: number;
}
type View = 'grid' | 'chart' | 'plan';

const fresh = (id: number, text = '', more: Partial<Sheet> = {}): Sheet => ({ id, title: `Query ${id}`, text, parameters: {}, ...more });

function useSheets(place: Place) {
  const [sheets, setSheets] = useState<Sheet[]>(() => {
    const kept = remembered<Sheet[]>('sheets', []);
    return kept.length ? kept : [fresh(1)];
  });
  const [chosen, setChosen] = useState(() => remembered('sheet', sheets[0].id));
  const sheet = sheets.find((one) => one.id === chosen) ?? sheets[0];
  const add = (text = '', more: Partial<Sheet> = {}) => {
    const made = fresh(Math.max(...sheets.map((one) => one.id)) + 1, text, more);
    setSheets([...sheets, made]);
    setChosen(made.id);
  };
  useEffect(() => {
    const text = place.parameters.get('text');
    if (!text) return;
    const saved = place.parameters.get('saved') ?? undefined;
    const parameters = Object.fromEntries([...place.parameters].filter(([key]) => key.startsWith('$')).map(([key, value]) => [key.slice(1), value]));
    const more = saved ? { saved, parameters } : {};
    history.replaceState(null, '', '#/sql');
    if (!sheet.text.trim()) change({ text, ...more });
    else if (sheet.text !== text) add(text, more);
  }, [place]);
  useEffect(() => {
    remember('sheets', sheets);
    remember('sheet', chosen);
  }, [sheets, chosen]);
  const change = (changes: Partial<Sheet>) => setSheets((old) => old.map((one) => (one.id === sheet.id ? { ...one, ...changes } : one)));
  const close = (id: number) => {
    const rest = sheets.filter((one) => one.id !== id);
    setSheets(rest.length ? rest : [fresh(id + 1)]);
    if (id === sheet.id) setChosen((rest[0] ?? { id: id + 1 }).id);
  };
  return { sheets, sheet, choose: setChosen, add, change, close };
}

// Names of columns are fetched once for each table: completion wants them all.
function useNames(tables: TableName[]) {
  const [columns, setColumns] = useState<Record<string, string[]>>({});
  useEffect(() => {
    let current = true;
    void (async () => {
      for (const table of tables.slice(0, 200)) {
        const schema = await api.schema(table.name).catch(() => []);
        if (!current) return;
        setColumns((old) => ({ ...old, [table.name]: schema.map((field) => field.name) }));
      }
    })();
    return () => {
      current = false;
    };
  }, [tables]);
  return useMemo(
    () => Object.fromEntries(tables.map((table) => [table.name.replaceAll('.', '\\.'), columns[table.name] ?? []])),
    [tables, columns],
  );
}

interface SqlProps {
  tables: TableName[];
  saved: SavedQuery[];
  place: Place;
  session: SessionInfo;
  done: () => void; // something was saved
}

export function SqlPage({ tables, saved, place, session, done }: SqlProps) {
  const { sheets, sheet, choose, add, change, close } = useSheets(place);
  const [run, setRun] = useState<Record<number, Run>>({});
  const [view, setView] = useState<View>('grid');
  const [past, setPast] = useState<Past[]>(() => remembered('history', []));
  const schema = useNames(tables);
  const names = parametersIn(sheet.text);
  const mine = run[sheet.id];
  const body = mine && { kind: 'sql', sql: mine.text, parameters: mine.parameters };
  const { status, cancel } = useQuery(body, `${sheet.id}:${mine?.turn ?? 0}`);
  const refined = useRefined(status);
  const [analyze, setAnalyze] = useState(false);
  const [unlaid, setUnlaid] = useState('');
  const busy = status?.state === 'running';

  const start = () => {
    if (!sheet.text.trim()) return;
    const parameters = Object.fromEntries(names.map((name) => [name, sheet.parameters[name] ?? '']));
    setRun({ ...run, [sheet.id]: { text: sheet.text, parameters, turn: (mine?.turn ?? 0) + 1 } });
    if (view === 'plan') setView('grid');
  };
  const layOut = async () => {
    try {
      const { laidOut } = await import('../sql_layout');
      change({ text: laidOut(sheet.text) });
      setUnlaid('');
    } catch (error) {
      setUnlaid(String((error as Error).message).split('\n')[0]);
    }
  };
  useEffect(() => setUnlaid(''), [sheet.id, sheet.text]);
  useEffect(() => {
    if (!status || busy || !mine || !status.id) return;
    const entry = { text: mine.text, at: Date.now(), rows: status.total, seconds: status.seconds, ended: status.state };
    const kept = [entry, ...past.filter((one) => one.text !== mine.text)].slice(0, 100);
    setPast(kept);
    remember('history', kept);
  }, [status?.id, busy]);

  const changed = status?.state === 'done' && status.columns?.length === 1 && status.columns[0].name === 'Count' && !/^\s*(select|with|from)\b/i.test(mine?.text ?? '');
  return (
    <div class="page sql-page">
      <div class="sheets" role="tablist" aria-label="queries">
        {sheets.map((one) => (
          <span class={one.id === sheet.id ? 'sheet chosen' : 'sheet'} key={one.id}>
            <button role="tab" aria-selected={one.id === sheet.id} onClick={() => choose(one.id)} title={one.text.slice(0, 300)}>
              {one.title}
            </button>
            {sheets.length > 1 && (
              <button class="quiet close" aria-label={`Close ${one.title}`} onClick={() => close(one.id)}>
                ✕
              </button>
            )}
          </span>
        ))}
        <button class="quiet" aria-label="New query" onClick={() => add()}>
          +
        </button>
        <span class="grow" />
        <Popover label="History">
          <div class="past">
            {past.length === 0 && <p class="note">What you run is remembered here, in this browser alone.</p>}
            {past.map((one) => (
              <button class="past-entry" key={one.at} onClick={() => add(one.text)}>
                <code>{one.text.slice(0, 200)}</code>
                <small class={one.ended === 'failed' ? 'bad' : 'note'}>
                  {ago(one.at * 1000)} · {one.ended === 'done' ? `${count(one.rows, 'row')} in ${seconds(one.seconds)}` : one.ended}
                </small>
              </button>
            ))}
          </div>
        </Popover>
      </div>
      <div class="editor-frame">
        <Editor key={sheet.id} text={sheet.text} change={(text) => change({ text })} run={start} layOut={() => void layOut()} schema={schema} />
      </div>
      {names.length > 0 && (
        <div class="parameters">
          {names.map((name) => (
            <label class="inline" key={name}>
              <span class="code">${name}</span>
              <input
                value={sheet.parameters[name] ?? ''}
                placeholder="null"
                onInput={(event) => change({ parameters: { ...sheet.parameters, [name]: event.currentTarget.value } })}
                onKeyDown={(event) => event.key === 'Enter' && start()}
              />
            </label>
          ))}
        </div>
      )}
      <div class="toolbar">
        {busy ? (
          <button class="primary stop" onClick={cancel}>
            Cancel
          </button>
        ) : (
          <button class="primary" onClick={start} disabled={!sheet.text.trim()}>
            Run <kbd>Ctrl ↵</kbd>
          </button>
        )}
        <button onClick={() => void layOut()} disabled={!sheet.text.trim()} title="Lay the text out (Shift-Alt-F)">
          Format
        </button>
        {unlaid && (
          <span class="bad" role="alert">
            It can’t be laid out: {unlaid}
          </span>
        )}
        <span class="note status-line" role="status">
          {busy && (
            <>
              {seconds(status.seconds)}
              {status.total > 0 && `, ${count(status.total, 'row')} so far`}
            </>
          )}
          {status?.state === 'done' && !changed && (
            <>
              {count(status.total, 'row')} in {seconds(status.seconds)}
              {status.total > status.kept && `; the first ${number(status.kept)} are kept here, an export has them all`}
            </>
          )}
          {changed && <ChangedRows id={status.id} took={status.seconds} />}
          {status?.state === 'cancelled' && `cancelled after ${seconds(status.seconds)}`}
          {session.read_only && !status && 'This console only reads.'}
        </span>
        {busy && <progress value={status.progress > 0 ? status.progress : undefined} aria-label="progress" />}
        <span class="grow" />
        <Tabs<View>
          tabs={[
            ['grid', 'Rows'],
            ['chart', 'Chart'],
            ['plan', 'Plan'],
          ]}
          chosen={view}
          choose={setView}
          label="how the result is shown"
        />
        {!session.read_only && <SaveMenu sheet={sheet} names={names} saved={saved} file={session.configuration_file} done={done} />}
        <ExportMenu status={refined.status} name="result" />
      </div>
      <section class="result">
        {view === 'plan' ? (
          sheet.text.trim() ? (
            <>
              <label class="inline check">
                <input type="checkbox" checked={analyze} onChange={() => setAnalyze(!analyze)} />
                run it, and measure each step
              </label>
              <Plan sql={sheet.text} parameters={Object.fromEntries(names.map((name) => [name, sheet.parameters[name] ?? '']))} analyze={analyze} />
            </>
          ) : (
            <Empty title="No query">Its plan shows here.</Empty>
          )
        ) : !mine ? (
          <Empty title="Nothing has run yet">
            <p>A table’s name goes in quotes: {tables[0] ? <code>from '{tables[0].name}'</code> : <code>from 'table'</code>}</p>
          </Empty>
        ) : view === 'chart' && refined.status?.columns && !refined.status.problem ? (
          <Chart status={refined.status} />
        ) : (
          <>
            {refined.there && !changed && status!.total > 0 && <RefineBar refined={refined} />}
            <Grid
              status={refined.status}
              label="result"
              sort={refined.sort}
              onSort={refined.there && !changed ? refined.setSort : undefined}
              onFilter={refined.there && !changed ? refined.setWhere : undefined}
              empty={refined.where ? 'No row meets the condition' : undefined}
            />
          </>
        )}
      </section>
    </div>
  );
}

const slug = (title: string) =>
  title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '');

interface SaveProps {
  sheet: Sheet;
  names: string[];
  saved: SavedQuery[];
  file: string;
  done: () => void;
}

// Into the configuration file, with what stands in the parameters' fields as their defaults.
function SaveMenu(props: SaveProps) {
  return (
    <Popover label="Save" disabled={!props.sheet.text.trim()}>
      <SaveForm {...props} />
    </Popover>
  );
}

function SaveForm({ sheet, names, saved, file, done }: SaveProps) {
  const old = saved.find((one) => one.name === sheet.saved);
  const [title, setTitle] = useState(old?.title ?? '');
  const [description, setDescription] = useState(old?.description ?? '');
  const [totals, setTotals] = useState(old?.totals_row ?? false);
  const [kept, setKept] = useState('');
  const [problem, setProblem] = useState<ProblemBody>();
  const name = old && old.title === title ? old.name : slug(title);
  const there = saved.some((one) => one.name === name);
  const save = async () => {
    setProblem(undefined);
    try {
      const parameters = Object.fromEntries(names.map((one) => [one, sheet.parameters[one] ?? '']));
      await api.save({ name, title, description, totals_row: totals, sql: sheet.text, parameters, replace: there });
      setKept(name);
      done();
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  if (kept) {
    return (
      <p class="save-form" role="status">
        Saved in <span class="code">{file.split('/').pop()}</span>: <a href={savedAddress(kept)}>{title}</a>
      </p>
    );
  }
  return (
    <form
      class="save-form form"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <label>
        <span>Title</span>
        <input value={title} required onInput={(event) => setTitle(event.currentTarget.value)} />
      </label>
      <label>
        <span>Description</span>
        <textarea rows={3} value={description} onInput={(event) => setDescription(event.currentTarget.value)} />
      </label>
      <label class="check">
        <input type="checkbox" checked={totals} onChange={() => setTotals(!totals)} />
        a row of totals
      </label>
      {names.length > 0 && <p class="note">The values of {names.map((one) => '$' + one).join(', ')} become their defaults.</p>}
      <p class="note">
        {name ? (
          <>
            As <span class="code">{name}</span> in <span class="code">{file}</span>
          </>
        ) : (
          file
        )}
      </p>
      {problem && <ProblemBox problem={problem} />}
      <button class="primary" type="submit" disabled={!name}>
        {there ? 'Replace' : 'Save'}
      </button>
    </form>
  );
}

function ChangedRows({ id, took }: { id: string; took: number }) {
  const [rows, setRows] = useState<string>();
  useEffect(() => {
    let current = true;
    api.rows(id, 0, 1).then(
      (window) => current && setRows(cellText(window.rows[0]?.[0] ?? null) ?? undefined),
      () => null, // the result is gone: it says that it is done
    );
    return () => {
      current = false;
    };
  }, [id]);
  return (
    <>
      {rows === undefined ? 'done' : `${count(Number(rows), 'row')} changed`} in {seconds(took)}
    </>
  );
}
