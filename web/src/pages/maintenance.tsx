import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { api, type HistoryEntry, type Job, type JobResult, type SessionInfo } from '../api';
import { number, seconds, time } from '../format';
import { useJob } from '../job';
import { ProblemBox, useLoaded } from '../ui';

interface MaintenanceProps {
  name: string;
  session: SessionInfo;
  history?: HistoryEntry[];
  changed: () => void;
}

// What would be done comes first; the button to do it after.
export function MaintenanceTab({ name, session, history, changed }: MaintenanceProps) {
  const schema = useLoaded(() => api.schema(name), [name]);
  const columns = schema.value?.filter((field) => !field.children.length).map((field) => field.name) ?? [];
  const [order, setOrder] = useState('');
  const [purge, setPurge] = useState(false);
  const [retention, setRetention] = useState('');
  const [unnamed, setUnnamed] = useState(false);
  const [force, setForce] = useState(false);
  const [version, setVersion] = useState('');
  const [everyRow, setEveryRow] = useState(false);
  const [everyFile, setEveryFile] = useState(false);
  const task = { table: name, read_only: session.read_only, changed };
  return (
    <div class="tasks">
      {session.read_only && <p class="banner">This console only reads: it shows what could be done, and does nothing.</p>}
      <Task {...task} verb="doctor" title="Doctor" look="Look the table over" act="Repair" options={{ full: everyRow }} about="Checks the log, checkpoints, files and what is known of them. A repair takes missing files out of the table and writes damaged checkpoints again.">
        <Check label="read every row, too" value={everyRow} set={setEveryRow} />
      </Task>
      <Task {...task} verb="optimize" title="Optimize" act="Write files again" options={{ z_order: order ? [order] : [], purge }} about="The same rows in fewer, larger files, without those that are marked as deleted. Old versions keep their files.">
        <label class="inline">
          <span class="note">Rows</span>
          <select value={order} onChange={(event) => setOrder(event.currentTarget.value)}>
            <option value="">in the order they have</option>
            {columns.map((column) => (
              <option key={column} value={column}>
                by {column}
              </option>
            ))}
          </select>
        </label>
        <Check label="only what has deleted rows" value={purge} set={setPurge} />
      </Task>
      <Task {...task} verb="vacuum" title="Vacuum" act="Delete files" danger options={{ retention, full: unnamed, force }} about="Deletes the files that only old versions need. Those versions can’t be read any more then.">
        <label class="inline">
          <span class="note">Keep versions of the last</span>
          <input size={9} placeholder="as it says" value={retention} onInput={(event) => setRetention(event.currentTarget.value)} list="retentions" aria-label="Keep versions of the last" />
          <datalist id="retentions">
            {['0h', '24h', '7d', '30d', '90d'].map((one) => (
              <option key={one} value={one} />
            ))}
          </datalist>
        </label>
        <Check label="files that no version names, too" value={unnamed} set={setUnnamed} />
        <Check label="less than the table’s own retention" value={force} set={setForce} />
      </Task>
      <Task {...task} verb="restore" title="Restore" act="Restore" danger ready={version !== ''} options={{ version }} about="Makes the newest version what an older one was, as one commit. Nothing is lost: it can be undone the same way.">
        <label class="inline">
          <span class="note">Version</span>
          <select value={version} onChange={(event) => setVersion(event.currentTarget.value)} aria-label="Restore version">
            <option value="">choose one</option>
            {history?.slice(1).map((entry) => (
              <option key={entry.version} value={entry.version}>
                {entry.version} · {entry.operation} · {time(entry.timestamp_us).slice(0, 16)}
              </option>
            ))}
          </select>
        </label>
      </Task>
      <Task {...task} verb="analyze" title="Analyze" act="Gather statistics" options={{ full: everyFile }} about="Gathers from the rows what the table should know of its files’ columns and doesn’t, so that queries read fewer of them.">
        <Check label="of every file" value={everyFile} set={setEveryFile} />
      </Task>
      <Task {...task} verb="checkpoint" title="Checkpoint" act="Write it" options={{}} about="Writes the newest version in one piece, so that the table opens without its past." />
      <Task {...task} verb="compact_log" title="Compact log" act="Write it" options={{}} about="Puts the commits since the newest checkpoint in one file beside them." />
      <Task {...task} verb="clean_log" title="Clean log" act="Delete" danger options={{}} about="Deletes what of the log is past its retention." />
    </div>
  );
}

function Check({ label, value, set }: { label: string; value: boolean; set: (value: boolean) => void }) {
  return (
    <label class="inline check">
      <input type="checkbox" checked={value} onChange={() => set(!value)} />
      {label}
    </label>
  );
}

interface TaskProps {
  table: string;
  read_only: boolean;
  changed: () => void;
  verb: string;
  title: string;
  about: string;
  act: string; // the button that does it
  look?: string; // the button that only looks
  danger?: boolean;
  ready?: boolean;
  options: Record<string, unknown>;
  children?: ComponentChildren;
}

function Task({ table, read_only, changed, verb, title, about, act, look = 'What would be done', danger, ready = true, options, children }: TaskProps) {
  // What was looked at is what is done: other options have to be looked at first.
  const [seen, setSeen] = useState('');
  const asked = JSON.stringify(options);
  const { job, start, cancel } = useJob((ended) => {
    if (ended.state === 'done' && !ended.dry_run) changed();
  });
  const busy = job?.state === 'running';
  const current = seen === asked;
  const run = (dry_run: boolean) => {
    setSeen(dry_run ? asked : '');
    start({ verb, table, dry_run, ...options });
  };
  const planned = job?.state === 'done' && job.dry_run && current ? job.result : undefined;
  return (
    <section class="task" aria-label={title}>
      <h2>{title}</h2>
      <p class="note">{about}</p>
      <div class="toolbar">
        {children}
        <button disabled={busy || !ready} onClick={() => run(true)}>
          {look}
        </button>
        {planned && !planned.nothing && !read_only && (
          <button class={danger ? 'primary stop' : 'primary'} onClick={() => run(false)}>
            {act}
          </button>
        )}
        {busy && <Busy job={job} cancel={cancel} />}
      </div>
      {job?.state === 'cancelled' && <p role="status">Cancelled after {seconds(job.seconds)}; the table is as it was.</p>}
      {job?.problem && <ProblemBox problem={job.problem} />}
      {job?.result && (current || !job.dry_run) && <Result result={job.result} done={!job.dry_run} />}
    </section>
  );
}

function Busy({ job, cancel }: { job: Job; cancel: () => void }) {
  return (
    <>
      <progress value={job.progress > 0 ? job.progress : undefined} aria-label="progress" />
      <span class="note" role="status">
        {[job.stage, job.progress > 0 ? `${Math.round(job.progress * 100)} %` : '', seconds(job.seconds)].filter(Boolean).join(' · ')}
      </span>
      <button onClick={cancel}>Cancel</button>
    </>
  );
}

function Result({ result, done }: { result: JobResult; done: boolean }) {
  return (
    <>
      <p class={done ? 'banner good' : ''} role="status" dir="auto">
        {result.summary}
      </p>
      {result.rows.length > 0 && (
        <div class="scroll-x task-rows">
          <table class="list">
            <thead>
              <tr>
                {result.columns.map((column) => (
                  <th key={column}>{column}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {result.rows.slice(0, 200).map((row, i) => (
                <tr key={i}>
                  {row.map((cell, j) => (
                    <td key={j} class={'severity-' + (j === 0 ? cell.toLowerCase() : '')}>
                      <bdi>{cell}</bdi>
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {result.rows_total > 200 && <p class="note">The first 200 of {number(result.rows_total)}.</p>}
    </>
  );
}
