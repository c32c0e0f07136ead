// A result as a chart, with a choice that its types suggest.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { api, cellText, type Cell, type Column, type Status } from './api';
import { number } from './format';
import { Empty, Loading } from './ui';

type Shape = 'line' | 'bar' | 'scatter' | 'histogram';
const most = 10_000;

export interface Choice {
  shape: Shape;
  x: number;
  y: number[];
}

// Time goes along the bottom as a line, names as bars; two numbers are a cloud of points, one is a histogram.
export function suggest(columns: Column[]): Choice | null {
  const of = (kind: string) => columns.flatMap((column, i) => (column.kind === kind ? [i] : []));
  const numbers = of('number');
  if (!numbers.length) return null;
  const [time] = of('time');
  if (time !== undefined) return { shape: 'line', x: time, y: numbers.slice(0, 4) };
  const [name] = [...of('text'), ...of('boolean')];
  if (name !== undefined) return { shape: 'bar', x: name, y: numbers.slice(0, 3) };
  if (numbers.length > 1) return { shape: 'scatter', x: numbers[0], y: [numbers[1]] };
  return { shape: 'histogram', x: numbers[0], y: [] };
}

function toNumber(cell: Cell, column: Column): number | null {
  const text = cellText(cell);
  if (text === null) return null;
  const value = column.kind === 'time' ? Date.parse(text.replace(' ', 'T').replace(/\+00$/, '') + (text.includes(':') ? 'Z' : '')) / 1000 : Number(text);
  return Number.isFinite(value) ? value : null;
}

interface Series {
  labels: string[] | null; // of a bottom that has names
  time: boolean;
  data: (number | null)[][];
}

function histogram(values: number[]): Series {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const bins = Math.min(40, Math.max(1, Math.ceil(Math.sqrt(values.length))));
  const width = (high - low) / bins || 1;
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) ++counts[Math.min(bins - 1, Math.floor((value - low) / width))];
  return { labels: null, time: false, data: [counts.map((_, i) => low + (i + 0.5) * width), counts] };
}

function seriesOf(rows: Cell[][], columns: Column[], choice: Choice): Series {
  const x = columns[choice.x];
  if (choice.shape === 'histogram') {
    return histogram(rows.flatMap((row) => toNumber(row[choice.x], x) ?? []));
  }
  const names = x.kind !== 'number' && x.kind !== 'time';
  if (names || choice.shape === 'bar') {
    const kept = rows.slice(0, 60);
    return {
      labels: kept.map((row) => cellText(row[choice.x]) ?? 'NULL'),
      time: false,
      data: [kept.map((_, i) => i), ...choice.y.map((y) => kept.map((row) => toNumber(row[y], columns[y])))],
    };
  }
  const points = rows
    .map((row) => [toNumber(row[choice.x], x), ...choice.y.map((y) => toNumber(row[y], columns[y]))])
    .filter((point) => point[0] !== null)
    .sort((a, b) => a[0]! - b[0]!);
  return { labels: null, time: x.kind === 'time', data: [0, ...choice.y].map((_, i) => points.map((point) => point[i])) };
}

const palette = ['--chart-1', '--chart-2', '--chart-3', '--chart-4'];
// As the canvas understands it: a variable may be different in the light and in the dark.
function colour(name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}
const faded = (name: string) => colour(name).replace(/^rgb\((.*)\)$/, 'rgba($1, 0.8)');

// The day as clocks have it, the date below where it changes.
const day = '\n{D} {MMM} {YYYY}';
const timeLabels: (string | number | null)[][] = [
  [31536000, '{YYYY}', null, null, null, null, null, null, 1],
  [2419200, '{MMM}', '\n{YYYY}', null, null, null, null, null, 1],
  [86400, '{D} {MMM}', '\n{YYYY}', null, null, null, null, null, 1],
  [60, '{HH}:{mm}', day, null, '\n{D} {MMM}', null, null, null, 1],
  [1, '{HH}:{mm}:{ss}', day, null, '\n{D} {MMM}', null, null, null, 1],
];

export function Chart({ status }: { status: Status }) {
  const columns = status.columns!;
  const [rows, setRows] = useState<Cell[][]>();
  const [choice, setChoice] = useState<Choice | null>(() => suggest(columns));
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>();
  const [dark, setDark] = useState(0);
  useEffect(() => {
    setChoice(suggest(columns));
  }, [status.id]);
  useEffect(() => {
    let current = true;
    if (status.state === 'running') return setRows(undefined);
    void (async () => {
      const all: Cell[][] = [];
      for (let from = 0; from < Math.min(status.kept, most); from += 1000) all.push(...(await api.rows(status.id, from, 1000)).rows);
      if (current) setRows(all);
    })().catch(() => null);
    return () => {
      current = false;
    };
  }, [status.id, status.state]);
  useEffect(() => {
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const turn = () => setDark((old) => old + 1);
    scheme.addEventListener('change', turn);
    return () => scheme.removeEventListener('change', turn);
  }, []);
  const series = useMemo(() => (rows && choice ? seriesOf(rows, columns, choice) : undefined), [rows, choice]);
  useEffect(() => {
    const element = box.current;
    if (!element || !series || !choice || !series.data[0].length) return;
    const bars = uPlot.paths.bars!({ size: [0.7, 60], align: 0 });
    const groups = choice.y.length;
    const grouped = (i: number) => uPlot.paths.bars!({ size: [0.8 / groups, 60], align: groups === 1 ? 0 : groups === 2 ? (i ? 1 : -1) : ((i - 1) as -1 | 0 | 1) });
    const axis = {
      stroke: colour('--muted'),
      grid: { stroke: colour('--line'), width: 1 },
      ticks: { stroke: colour('--line'), width: 1 },
      font: '11px system-ui, sans-serif',
    };
    const names = choice.shape === 'histogram' ? ['rows'] : choice.y.map((y) => columns[y].name);
    const { labels } = series;
    const room = innerHeight - element.getBoundingClientRect().top - 60; // with the legend in sight, if that can be
    const options: uPlot.Options = {
      width: element.clientWidth,
      height: Math.max(240, Math.min(420, element.clientWidth * 0.5, room)),
      scales: {
        x: {
          time: series.time,
          range: labels ? () => [-0.7, labels.length - 0.3] : undefined,
        },
        y: choice.shape === 'bar' || choice.shape === 'histogram' ? { range: (_u, low, high) => [Math.min(0, low ?? 0), Math.max(0, high ?? 1) * 1.08 || 1] } : {},
      },
      axes: [
        labels
          ? {
              ...axis,
              grid: { show: false },
              splits: () => labels.map((_, i) => i).filter((i) => i % Math.ceil((labels.length * 70) / element.clientWidth) === 0),
              values: (_u, at) => at.map((i) => (labels[i] ?? '').slice(0, 12)),
            }
          : series.time
            ? { ...axis, values: timeLabels as uPlot.Axis.Values }
            : axis,
        { ...axis, size: 64, values: (_u, at) => at.map((value) => (Math.abs(value) >= 1e6 ? value.toExponential(1) : number(value))) },
      ],
      series: [
        { label: columns[choice.x].name, value: series.time ? '{YYYY}-{MM}-{DD} {HH}:{mm}:{ss}' : labels ? (_u, i) => labels[i] ?? '' : undefined },
        ...names.map((label, i) => ({
          label,
          stroke: colour(palette[i % palette.length]),
          fill: choice.shape === 'bar' || choice.shape === 'histogram' ? faded(palette[i % palette.length]) : undefined,
          width: choice.shape === 'line' ? 1.6 : 0,
          paths: choice.shape === 'scatter' ? () => null : choice.shape === 'histogram' ? bars : choice.shape === 'bar' ? grouped(i) : undefined,
          points: { show: choice.shape === 'scatter' ? true : undefined, size: 5, fill: colour(palette[i % palette.length]) },
        })),
      ],
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1e3), 'Etc/UTC'),
    };
    plot.current = new uPlot(options, series.data as uPlot.AlignedData, element);
    const observer = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height: options.height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.current?.destroy();
    };
  }, [series, dark]);

  if (!choice) return <Empty title="No column of numbers">A chart needs at least one.</Empty>;
  const numbers = columns.flatMap((column, i) => (column.kind === 'number' ? [i] : []));
  const save = () =>
    plot.current?.ctx.canvas.toBlob((blob) => {
      if (!blob) return;
      const link = document.createElement('a');
      link.href = URL.createObjectURL(blob);
      link.download = 'chart.png';
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
  return (
    <div class="chart">
      <div class="toolbar">
        <label class="inline">
          <span class="note">Chart</span>
          <select value={choice.shape} onChange={(event) => setChoice({ ...choice, shape: event.currentTarget.value as Shape, y: choice.y.length ? choice.y : numbers.slice(0, 1) })}>
            {['line', 'bar', 'scatter', 'histogram'].map((shape) => (
              <option key={shape}>{shape}</option>
            ))}
          </select>
        </label>
        <label class="inline">
          <span class="note">Across</span>
          <select value={choice.x} onChange={(event) => setChoice({ ...choice, x: Number(event.currentTarget.value) })}>
            {columns.map((column, i) => (
              <option key={i} value={i}>
                {column.name}
              </option>
            ))}
          </select>
        </label>
        {choice.shape !== 'histogram' &&
          numbers.slice(0, 8).map((i) => (
            <label class="inline check" key={i}>
              <input
                type="checkbox"
                checked={choice.y.includes(i)}
                onChange={() => setChoice({ ...choice, y: choice.y.includes(i) ? choice.y.filter((y) => y !== i) : [...choice.y, i].slice(-4) })}
              />
              <bdi>{columns[i].name}</bdi>
            </label>
          ))}
        <span class="grow" />
        <button onClick={save}>Save picture</button>
      </div>
      {!series ? <Loading what="Drawing" /> : !series.data[0].length ? <Empty title="Nothing to draw" /> : <div class="plot" ref={box} />}
      {rows && status.total > rows.length && <p class="note">The first {number(rows.length)} of {number(status.total)} rows are drawn.</p>}
      {series?.labels && rows && rows.length > 60 && <p class="note">The first 60 rows are drawn: bars need room.</p>}
    </div>
  );
}
