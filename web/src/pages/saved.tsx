import { useEffect, useState } from 'preact/hooks';
import { api, type Cell, type ProblemBody, type SavedQuery } from '../api';
import { Chart } from '../chart';
import { count, number, seconds } from '../format';
import { Grid } from '../grid';
import { savedAddress, type Place } from '../addresses';
import { Markdown } from '../markdown';
import { parametersIn } from '../parameters';
import { useQuery } from '../query';
import { RefineBar, useRefined } from '../refined';
import { ExportMenu, Loading, ProblemBox, Tabs } from '../ui';

interface SavedProps {
  name: string;
  saved?: SavedQuery[];
  problem?: ProblemBody;
  place: Place;
}

export function SavedPage({ name, saved, problem, place }: SavedProps) {
  const query = saved?.find((one) => one.name === name);
  if (problem) return <div class="page">{<ProblemBox problem={problem} />}</div>;
  if (!saved) return <div class="page">{<Loading />}</div>;
  if (!query) return <div class="page">{<ProblemBox problem={{ code: 'NotFound', detail: `there is no saved query called ${name}` }} />}</div>;
  return <SavedQueryView key={query.sql} query={query} place={place} />;
}

// Its parameters are in the address: a result can be linked to, and gone back to.
function SavedQueryView({ query, place }: { query: SavedQuery; place: Place }) {
  const names = parametersIn(query.sql);
  const given = (name: string) => place.parameters.get(name) ?? query.parameters.find((one) => one.name === name)?.default ?? '';
  const [values, setValues] = useState(() => Object.fromEntries(names.map((name) => [name, given(name)])));
  const [run, setRun] = useState({ values, turn: 0 });
  const [view, setView] = useState<'grid' | 'chart'>('grid');
  const { status, cancel } = useQuery({ kind: 'sql', sql: query.sql, parameters: run.values }, `${query.name}:${run.turn}`);
  const refined = useRefined(status);
  const busy = status?.state === 'running';
  const shown = refined.status;
  const totals = useTotals(query.totals_row && shown?.state === 'done' && !shown.problem ? shown.id : '');
  const start = () => {
    setRun({ values, turn: run.turn + 1 });
    const search = new URLSearchParams(values).toString();
    history.replaceState(null, '', savedAddress(query.name) + (search ? '?' + search : ''));
  };
  const edit = new URLSearchParams({ text: query.sql.trimEnd(), saved: query.name, ...Object.fromEntries(names.map((name) => ['$' + name, values[name]])) });
  return (
    <div class="page saved-page">
      <header class="page-head">
        <h1 dir="auto">{query.title}</h1>
        <span class="grow" />
        <a class="button" href={'#/sql?' + edit}>
          Edit SQL
        </a>
      </header>
      {query.description && <Markdown text={query.description} />}
      <form
        class="parameters"
        onSubmit={(event) => {
          event.preventDefault();
          start();
        }}
      >
        {names.map((name) => (
          <label class="inline" key={name}>
            <span class="code">${name}</span>
            <input value={values[name]} placeholder="null" onInput={(event) => setValues({ ...values, [name]: event.currentTarget.value })} />
          </label>
        ))}
        {busy ? (
          <button class="primary stop" type="button" onClick={cancel}>
            Cancel
          </button>
        ) : (
          <button class="primary" type="submit">
            Run
          </button>
        )}
      </form>
      <div class="toolbar">
        <span class="note status-line" role="status">
          {busy && `${seconds(status.seconds)}${status.total > 0 ? `, ${count(status.total, 'row')} so far` : ''}`}
          {status?.state === 'done' && (
            <>
              {count(status.total, 'row')} in {seconds(status.seconds)}
              {status.total > status.kept && `; the first ${number(status.kept)} are shown, an export has them all`}
            </>
          )}
          {status?.state === 'cancelled' && `cancelled after ${seconds(status.seconds)}`}
        </span>
        {busy && <progress value={status.progress > 0 ? status.progress : undefined} aria-label="progress" />}
        <span class="grow" />
        <Tabs
          tabs={[
            ['grid', 'Rows'],
            ['chart', 'Chart'],
          ]}
          chosen={view}
          choose={setView}
          label="how the result is shown"
        />
        <ExportMenu status={shown} name={query.name} />
      </div>
      <section class="result">
        {view === 'chart' && shown?.columns && !shown.problem ? (
          <Chart status={shown} />
        ) : (
          <>
            {refined.there && status!.total > 0 && <RefineBar refined={refined} />}
            <Grid
              status={shown}
              label="result"
              totals={totals}
              sort={refined.sort}
              onSort={refined.there ? refined.setSort : undefined}
              onFilter={refined.there ? refined.setWhere : undefined}
              empty={refined.where ? 'No row meets the condition' : undefined}
            />
          </>
        )}
      </section>
    </div>
  );
}

function useTotals(id: string): Cell[] | undefined {
  const [totals, setTotals] = useState<Cell[]>();
  useEffect(() => {
    setTotals(undefined);
    if (!id) return;
    let current = true;
    api.totals(id).then(
      (answer) => current && setTotals(answer.totals[0]),
      () => null, // a result without columns has none
    );
    return () => {
      current = false;
    };
  }, [id]);
  return totals;
}
