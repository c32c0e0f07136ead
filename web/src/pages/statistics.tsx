import { useEffect, useState } from 'preact/hooks';
import { cellText, wholeResult, type Cell, type ProblemBody } from '../api';
import { count, number } from '../format';
import { useQuery } from '../query';
import { api } from '../api';
import { Loading, ProblemBox, problemOf } from '../ui';

interface Bin {
  low: string;
  high: string | null;
  at: number;
  rows: number;
}

function rounded(text: string) {
  return text && Number.isFinite(Number(text)) ? Number(Number(text).toPrecision(6)) : '';
}

export function StatisticsTab({ name, version }: { name: string; version: string }) {
  const { status, cancel } = useQuery({ kind: 'statistics', table: name, version }, name + '@' + version);
  const [rows, setRows] = useState<Cell[][]>();
  const [problem, setProblem] = useState<ProblemBody>();
  useEffect(() => {
    setRows(undefined);
    setProblem(undefined);
    if (status?.state !== 'done') return;
    let current = true; // a result goes when another version is looked at
    api.rows(status.id, 0, 1000).then(
      (window) => current && setRows(window.rows),
      (error) => current && setProblem(problemOf(error)),
    );
    return () => {
      current = false;
    };
  }, [status?.id, status?.state]);
  if (status?.problem) return <ProblemBox problem={status.problem} />;
  if (problem) return <ProblemBox problem={problem} />;
  if (!rows) {
    return (
      <>
        <Loading what="Reading every row" />
        {status && status.progress > 0 && <progress value={status.progress} />}
        <button onClick={cancel}>Stop</button>
      </>
    );
  }
  const text = (cell: Cell) => cellText(cell) ?? '';
  return (
    <div class="scroll-x">
      <table class="list statistics">
        <thead>
          <tr>
            <th>Column</th>
            <th class="number">Nulls</th>
            <th class="number" title="approximate">
              Distinct
            </th>
            <th>Least</th>
            <th>Greatest</th>
            <th class="number">Mean</th>
            <th class="number" title="standard deviation">Deviation</th>
            <th>Distribution</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const [column, type, total, nulls, distinct, least, greatest, mean, deviation] = row.map(text);
            return (
              <tr key={column}>
                <td>
                  <bdi class="code">{column}</bdi>
                  <small class="about">{type.toLowerCase().replace('timestamp with time zone', 'timestamptz')}</small>
                </td>
                <td class="number">
                  {number(Number(nulls))}
                  {Number(nulls) > 0 && <small class="about">{((100 * Number(nulls)) / Math.max(1, Number(total))).toFixed(1)} %</small>}
                </td>
                <td class="number">{number(Number(distinct))}</td>
                <td class="value" title={least}>
                  <bdi>{least}</bdi>
                </td>
                <td class="value" title={greatest}>
                  <bdi>{greatest}</bdi>
                </td>
                <td class="number">{rounded(mean)}</td>
                <td class="number">{rounded(deviation)}</td>
                <td>
                  <Histogram name={name} version={version} column={column} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

// Two at a time: each reads its column.
let running = 0;
const waiting: (() => void)[] = [];
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  while (running >= 2) await new Promise<void>((done) => waiting.push(done));
  ++running;
  try {
    return await work();
  } finally {
    --running;
    waiting.shift()?.();
  }
}

function Histogram({ name, version, column }: { name: string; version: string; column: string }) {
  const [bins, setBins] = useState<Bin[]>();
  const [problem, setProblem] = useState<ProblemBody>();
  useEffect(() => {
    let current = true;
    inTurn(async () => {
      if (!current) return;
      const result = await wholeResult({ kind: 'histogram', table: name, version, column });
      if (!current) return;
      setBins(
        result.rows.map(([low, high, at, rows]) => ({
          low: cellText(low) ?? 'NULL',
          high: cellText(high),
          at: Number(at),
          rows: Number(rows),
        })),
      );
    }).catch((error) => current && setProblem(problemOf(error)));
    return () => {
      current = false;
    };
  }, [name, version, column]);
  if (problem) return <small class="note" title={problem.detail}>not for this type</small>;
  if (!bins) return <small class="note">…</small>;
  if (!bins.length) return <small class="note">no values</small>;
  const most = Math.max(...bins.map((bin) => bin.rows));
  const ranges = bins[0].high !== null;
  const slots = ranges ? 20 : bins.length;
  const label = (bin: Bin) => `${bin.low}${bin.high === null ? '' : ' to ' + bin.high}: ${count(bin.rows, 'row')}`;
  return (
    <svg class="histogram" viewBox={`0 0 ${slots * 8} 34`} width={slots * 8} height="34" role="img" aria-label={`distribution of ${column}`}>
      {bins.map((bin, i) => {
        const height = Math.max(1.5, (32 * bin.rows) / most);
        return (
          <rect key={i} x={(ranges ? bin.at : i) * 8} y={33 - height} width="7" height={height} rx="1">
            <title>{label(bin)}</title>
          </rect>
        );
      })}
    </svg>
  );
}
