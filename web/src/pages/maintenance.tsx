import { useState } from 'preact/hooks';
import { post, type ProblemBody } from '../api';
import { bytes, count, number, seconds } from '../format';
import { problemOf, ProblemBox } from '../ui';

interface Plan {
  version: number;
  groups: number;
  files_considered: number;
  files: number;
  files_after: number;
  bytes: number;
  deleted_rows: number;
  target_bytes: number;
}
interface Report {
  version: number;
  files_removed: number;
  files_added: number;
  bytes_removed: number;
  bytes_added: number;
  rows_purged: number;
  seconds: number;
}

// What would be done comes first; the button to do it after.
export function Maintenance({ name, columns, done }: { name: string; columns: string[]; done: () => void }) {
  const [plan, setPlan] = useState<Plan>();
  const [report, setReport] = useState<Report>();
  const [problem, setProblem] = useState<ProblemBody>();
  const [order, setOrder] = useState('');
  const [busy, setBusy] = useState('');
  const ask = async (dry: boolean) => {
    setBusy(dry ? 'Looking' : 'Writing files again');
    setProblem(undefined);
    try {
      const answer = await post('/api/table/optimize', { table: name, dry_run: dry, z_order: order ? [order] : [] });
      if (dry) {
        setReport(undefined);
        setPlan(answer);
      } else {
        setPlan(undefined);
        setReport(answer);
        done();
      }
    } catch (error) {
      setProblem(problemOf(error));
    }
    setBusy('');
  };
  return (
    <section class="maintenance">
      <h2>Optimize</h2>
      <p class="note">The same rows in fewer, larger files, without those that are marked as deleted. Old versions keep their files.</p>
      <p class="toolbar">
        <label class="inline">
          <span class="note">Rows</span>
          <select
            value={order}
            onChange={(event) => {
              setOrder(event.currentTarget.value);
              setPlan(undefined);
            }}
          >
            <option value="">in the order they have</option>
            {columns.map((column) => (
              <option key={column} value={column}>
                by {column}
              </option>
            ))}
          </select>
        </label>
        <button disabled={busy !== ''} onClick={() => void ask(true)}>
          What would be done
        </button>
        {plan && plan.groups > 0 && (
          <button class="primary" disabled={busy !== ''} onClick={() => void ask(false)}>
            Write {count(plan.files, 'file')} again
          </button>
        )}
        {busy && (
          <span class="note" role="status">
            {busy}…
          </span>
        )}
      </p>
      {plan &&
        (plan.groups ? (
          <p role="status">
            {count(plan.files, 'file')} of {number(plan.files_considered)}, {bytes(plan.bytes)}, would become about {count(plan.files_after, 'file')} of up to{' '}
            {bytes(plan.target_bytes)}
            {plan.deleted_rows > 0 && `; ${count(plan.deleted_rows, 'deleted row')} would go`}.
          </p>
        ) : (
          <p role="status">There is nothing to do: the files are as they should be.</p>
        ))}
      {report && (
        <p class="banner good" role="status">
          {report.version < 0
            ? 'There was nothing to do.'
            : `Version ${report.version}: ${count(report.files_removed, 'file')} became ${count(report.files_added, 'file')}, ${bytes(report.bytes_removed)} became ${bytes(report.bytes_added)}, in ${seconds(report.seconds)}.`}
        </p>
      )}
      {problem && <ProblemBox problem={problem} />}
    </section>
  );
}
