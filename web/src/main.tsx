import { render } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { placeOf, savedAddress, tableAddress, type Place } from './addresses';
import { api, type ProblemBody, type SavedQuery, type SessionInfo, type TableName } from './api';
import { ImportPage } from './pages/import';
import { Overview } from './pages/overview';
import { TablePage } from './pages/table';
import { later, Loading, ProblemBox, useLoaded } from './ui';
import './style.css';

// With the editor and the charts, which the other pages don't wait for.
const SqlPage = later(async () => (await import('./pages/sql')).SqlPage);
const SavedPage = later(async () => (await import('./pages/saved')).SavedPage);

interface SidebarProps {
  tables: TableName[];
  saved: SavedQuery[];
  problem?: ProblemBody; // of the file with the saved queries
  place: Place;
  session: SessionInfo;
}

function Sidebar({ tables, saved, problem, place, session }: SidebarProps) {
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
  const queries = saved.filter((query) => (query.title + query.name).toLowerCase().includes(search.toLowerCase()));
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
          placeholder={saved.length ? 'Find a table or query  ( / )' : 'Find a table  ( / )'}
          aria-label="Find a table"
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
        <div class="table-links">
          {problem && (
            <section class="saved-links">
              <h2>Saved queries</h2>
              <p class="bad" role="alert">
                {problem.detail}
              </p>
            </section>
          )}
          {queries.length > 0 && (
            <section class="saved-links">
              <h2>Saved queries</h2>
              {queries.map((query) => (
                <a
                  key={query.name}
                  href={savedAddress(query.name)}
                  title={query.description}
                  aria-current={place.page === 'query' && place.table === query.name ? 'page' : undefined}
                >
                  <bdi>{query.title}</bdi>
                </a>
              ))}
            </section>
          )}
          {saved.length > 0 && groups.some(([schema]) => !schema) && <h2 class="tables-head">Tables</h2>}
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
          {!groups.length && <p class="note">{tables.length ? 'No table is called so.' : session.hide_tables ? '' : 'No tables yet.'}</p>}
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
  const saved = useLoaded(api.saved, []);
  const problem = session.problem ?? tables.problem;
  if (problem) return <main class="alone">{<ProblemBox problem={problem} retry={() => location.reload()} />}</main>;
  if (!session.value || !tables.value) return <main class="alone">{<Loading />}</main>;
  const pages: Record<string, () => preact.JSX.Element> = {
    table: () => <TablePage key={place.table} name={place.table} place={place} session={session.value!} />,
    sql: () => <SqlPage tables={tables.value!} saved={saved.value ?? []} place={place} session={session.value!} done={saved.reload} />,
    query: () => <SavedPage key={place.table} name={place.table} saved={saved.value} problem={saved.problem} place={place} />,
    import: () => <ImportPage tables={tables.value!} place={place} done={tables.reload} />,
  };
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), document.getElementById('main')?.focus())}>
        To the content
      </a>
      <Sidebar
        tables={session.value.hide_tables ? [] : tables.value}
        saved={saved.value ?? []}
        problem={saved.problem}
        place={place}
        session={session.value}
      />
      <main id="main" tabIndex={-1}>
        {pages[place.page]?.() ?? <Overview
            tables={session.value.hide_tables ? [] : tables.value}
            saved={saved.value ?? []}
            session={session.value}
            reload={() => {
              tables.reload();
              saved.reload();
            }}
          />}
      </main>
    </>
  );
}

render(<App />, document.getElementById('app')!);
// Soon wanted: once the first page is there.
(window.requestIdleCallback ?? setTimeout)(() => void import('./pages/sql'));
