import { render } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { api, type SessionInfo, type TableName } from './api';
import { ImportPage } from './pages/import';
import { Overview } from './pages/overview';
import { SqlPage } from './pages/sql';
import { TablePage } from './pages/table';
import { Loading, ProblemBox, useLoaded } from './ui';
import './style.css';

export interface Place {
  page: string;
  table: string;
  parameters: URLSearchParams;
}

// "#/table/NAME?tab=history": the address of everything that can be shared or gone back to.
function placeOf(hash: string): Place {
  const [path, search = ''] = hash.replace(/^#\/?/, '').split('?');
  const [page = '', table = ''] = path.split('/');
  let name = '';
  try {
    name = decodeURIComponent(table);
  } catch {
    // an address that somebody mistyped
  }
  return { page, table: name, parameters: new URLSearchParams(search) };
}

export const tableAddress = (name: string, parameters: Record<string, string> = {}) => {
  const search = new URLSearchParams(parameters).toString();
  return `#/table/${encodeURIComponent(name)}${search ? '?' + search : ''}`;
};

function Sidebar({ tables, place, session }: { tables: TableName[]; place: Place; session: SessionInfo }) {
  const [search, setSearch] = useState('');
  const [open, setOpen] = useState(false);
  useEffect(() => setOpen(false), [place]);
  useEffect(() => {
    const keys = (event: KeyboardEvent) => {
      const typing = (event.target as HTMLElement).closest('input, textarea, select, [contenteditable], .cm-editor');
      if (event.key !== '/' || typing || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      setOpen(true);
      document.querySelector<HTMLElement>('#table-search')?.focus();
    };
    document.addEventListener('keydown', keys);
    return () => document.removeEventListener('keydown', keys);
  }, []);
  const groups = useMemo(() => {
    const found = new Map<string, TableName[]>();
    for (const table of tables) {
      if (!table.name.toLowerCase().includes(search.toLowerCase())) continue;
      found.set(table.schema, [...(found.get(table.schema) ?? []), table]);
    }
    return [...found];
  }, [tables, search]);
  const link = (page: string, title: string) => (
    <a href={'#/' + page} aria-current={place.page === page ? 'page' : undefined}>
      {title}
    </a>
  );
  return (
    <nav class={open ? 'sidebar open' : 'sidebar'} aria-label="console">
      <div class="brand">
        <a href="#/" aria-label="lakelet: overview">
          <img src="/icon.svg" alt="" width="22" height="22" />
          lakelet
        </a>
        {session.read_only && <span class="chip">read only</span>}
        <button class="menu quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Close' : 'Menu'}
        </button>
      </div>
      <div class="sidebar-body">
        <div class="links">
          {link('', 'Overview')}
          {link('sql', 'SQL')}
          {!session.read_only && link('import', 'Import')}
        </div>
        <input
          id="table-search"
          type="search"
          placeholder="Find a table  ( / )"
          aria-label="Find a table"
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
        <div class="table-links">
          {groups.map(([schema, members]) => (
            <section key={schema}>
              {schema && <h2 dir="auto">{schema}</h2>}
              {members.map((table) => (
                <a
                  key={table.uri}
                  href={tableAddress(table.name)}
                  title={table.uri}
                  aria-current={place.page === 'table' && place.table === table.name ? 'page' : undefined}
                >
                  <bdi>{schema && table.name.endsWith(table.name.split('/').pop()!) ? table.name.split('/').pop() : table.name}</bdi>
                </a>
              ))}
            </section>
          ))}
          {!groups.length && <p class="note">{tables.length ? 'No table is called so.' : 'No tables yet.'}</p>}
        </div>
        <footer class="note">
          lakelet {session.version}
        </footer>
      </div>
    </nav>
  );
}

function App() {
  const [place, setPlace] = useState(() => placeOf(location.hash));
  useEffect(() => {
    const move = () => setPlace(placeOf(location.hash));
    addEventListener('hashchange', move);
    return () => removeEventListener('hashchange', move);
  }, []);
  const session = useLoaded(api.session, []);
  const tables = useLoaded(api.tables, []);
  useEffect(() => {
    document.title = place.page === 'table' ? `${place.table} · lakelet` : 'lakelet';
  }, [place]);
  const problem = session.problem ?? tables.problem;
  if (problem) return <main class="alone">{<ProblemBox problem={problem} retry={() => location.reload()} />}</main>;
  if (!session.value || !tables.value) return <main class="alone">{<Loading />}</main>;
  const pages: Record<string, () => preact.JSX.Element> = {
    table: () => <TablePage key={place.table} name={place.table} place={place} session={session.value!} />,
    sql: () => <SqlPage tables={tables.value!} place={place} session={session.value!} />,
    import: () => <ImportPage tables={tables.value!} place={place} done={tables.reload} />,
  };
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), document.getElementById('main')?.focus())}>
        To the content
      </a>
      <Sidebar tables={tables.value} place={place} session={session.value} />
      <main id="main" tabIndex={-1}>
        {pages[place.page]?.() ?? <Overview tables={tables.value} session={session.value} reload={tables.reload} />}
      </main>
    </>
  );
}

render(<App />, document.getElementById('app')!);
