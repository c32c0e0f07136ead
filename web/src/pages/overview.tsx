import { useEffect, useState } from 'preact/hooks';
import { api, type Detail, type ProblemBody, type SavedQuery, type SessionInfo, type TableName } from '../api';
import { ago, bytes, count, number, time } from '../format';
import { savedAddress, tableAddress } from '../addresses';
import { Markdown } from '../markdown';
import { Empty, problemOf } from '../ui';

type Known = { detail?: Detail; problem?: ProblemBody };
type Order = 'name' | 'rows' | 'bytes' | 'files' | 'modified_us';

// Four at a time: a folder may hold hundreds of tables.
function useDetails(tables: TableName[]): Map<string, Known> {
  const [known, setKnown] = useState<Map<string, Known>>(new Map());
  useEffect(() => {
    let current = true;
    const waiting = [...tables];
    const work = async () => {
      for (let table = waiting.shift(); table && current; table = waiting.shift()) {
        let found: Known;
        try {
          found = { detail: await api.detail(table.name) };
        } catch (error) {
          found = { problem: problemOf(error) };
        }
        const name = table.name;
        if (current) setKnown((old) => new Map(old).set(name, found));
      }
    };
    for (let i = 0; i < 4; ++i) void work();
    return () => {
      current = false;
    };
  }, [tables]);
  return known;
}

interface OverviewProps {
  tables: TableName[];
  saved: SavedQuery[];
  session: SessionInfo;
  reload: () => void;
}

export function Overview({ tables, saved, session, reload }: OverviewProps) {
  const known = useDetails(tables);
  const [order, setOrder] = useState<{ by: Order; down: boolean }>({ by: 'name', down: false });
  const value = (table: TableName) => {
    const detail = known.get(table.name)?.detail;
    return order.by === 'name' ? table.name : (detail?.[order.by] ?? -1);
  };
  const sorted = [...tables].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    return (x < y ? -1 : x > y ? 1 : 0) * (order.down ? -1 : 1);
  });
  const details = [...known.values()].flatMap((one) => one.detail ?? []);
  const sum = (of: (detail: Detail) => number) => details.reduce((total, detail) => total + of(detail), 0);
  const head = (by: Order, title: string, numeric = true) => (
    <th class={numeric ? 'number' : ''} aria-sort={order.by === by ? (order.down ? 'descending' : 'ascending') : 'none'}>
      <button class="quiet" onClick={() => setOrder({ by, down: order.by === by ? !order.down : numeric })}>
        {title}
        {order.by === by && <i aria-hidden="true"> {order.down ? '↓' : '↑'}</i>}
      </button>
    </th>
  );
  return (
    <div class="page">
      <header class="page-head">
        <h1>{session.hide_tables ? 'Saved queries' : 'Tables'}</h1>
        <p class="note" dir="auto">
          {(session.folders.length ? session.folders : [session.configuration_file]).join('  ·  ')}
        </p>
        <span class="grow" />
        <button onClick={reload}>Refresh</button>
      </header>
      {tables.length === 0 ? (
        !session.hide_tables && <Empty title="There is no table here yet">
          <p>
            {session.read_only ? 'Start lakelet web in a folder that has some.' : <>Bring a file in under <a href="#/import">Import</a>, or make one in <a href="#/sql">SQL</a>:</>}
          </p>
          {!session.read_only && <code>create table 'weather' (time timestamp, city varchar) with (format = 'delta')</code>}
        </Empty>
      ) : (
        <>
          <p class="figures">
            <span>
              <b>{number(tables.length)}</b> tables
            </span>
            <span>
              <b>{number(sum((d) => d.rows ?? 0))}</b> rows
            </span>
            <span>
              <b>{bytes(sum((d) => d.bytes))}</b> in {count(sum((d) => d.files), 'file')}
            </span>
          </p>
          <div class="scroll-x">
            <table class="list">
              <thead>
                <tr>
                  {head('name', 'Table', false)}
                  <th>Format</th>
                  {head('rows', 'Rows')}
                  {head('bytes', 'Size')}
                  {head('files', 'Files')}
                  {head('modified_us', 'Last change')}
                </tr>
              </thead>
              <tbody>
                {sorted.map((table) => {
                  const { detail, problem } = known.get(table.name) ?? {};
                  return (
                    <tr key={table.uri}>
                      <td>
                        <a href={tableAddress(table.name)} dir="auto">
                          {table.name}
                        </a>
                        {detail?.description && (
                          <small class="about" dir="auto">
                            {detail.description}
                          </small>
                        )}
                      </td>
                      {problem ? (
                        <td colSpan={5}>
                          <span class="chip bad">{problem.code}</span>
                          <small class="about bad" dir="auto">
                            {problem.detail}
                          </small>
                        </td>
                      ) : detail ? (
                        <>
                          <td>
                            <span class="chip">{detail.format}</span>
                          </td>
                          <td class="number">{detail.rows === null ? '?' : number(detail.rows)}</td>
                          <td class="number">{bytes(detail.bytes)}</td>
                          <td class="number">
                            {number(detail.files)}
                            <SmallFiles detail={detail} />
                          </td>
                          <td class="number" title={time(detail.modified_us)}>
                            {ago(detail.modified_us)}
                          </td>
                        </>
                      ) : (
                        <td colSpan={5} class="note">
                          …
                        </td>
                      )}
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </div>
        </>
      )}
      {saved.length > 0 && <SavedQueries saved={saved} titled={!session.hide_tables} />}
    </div>
  );
}

function SavedQueries({ saved, titled }: { saved: SavedQuery[]; titled: boolean }) {
  return (
    <section class="saved-list">
      {titled && <h2>Saved queries</h2>}
      <ul class="cards">
        {saved.map((query) => (
          <li key={query.name}>
            <a href={savedAddress(query.name)} dir="auto">
              {query.title}
            </a>
            {query.description && <Markdown text={query.description} />}
            {query.parameters.length > 0 && <small class="code note">{query.parameters.map((one) => '$' + one.name).join('  ')}</small>}
          </li>
        ))}
      </ul>
    </section>
  );
}

// Many files that are small on average: what compaction is for.
function SmallFiles({ detail }: { detail: Detail }) {
  if (detail.files < 20 || detail.bytes / detail.files > 16e6) return null;
  return (
    <span class="chip warn" title={`${bytes(detail.bytes / detail.files)} each on average: queries open many files for few rows`}>
      small
    </span>
  );
}
