// Rows of a query, of which only those in sight are fetched and drawn. Cells are text, whatever is in them.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { api, cellText, type Cell, type Column, type Status } from './api';
import { number, pretty, visible } from './format';
import { CopyButton, Empty, Loading, ProblemBox } from './ui';

const rowHeight = 28;
const pageRows = 200;
const tallest = 8_000_000; // what every browser can scroll; a longer result is scaled onto it

export interface GridProps {
  status?: Status;
  sort?: string[];
  onSort?: (sort: string[]) => void;
  onFilter?: (condition: string) => void; // in SQL: a cell's value was chosen
  empty?: string;
  label: string;
  totals?: Cell[]; // a row below all others, always in sight
  mark?: (row: Cell[]) => string; // a class for a row
}

function widths(columns: Column[], rows: Cell[][]): number[] {
  return columns.map((column, i) => {
    let longest = Math.max(column.name.length + 3, column.type.length * 0.9);
    for (const row of rows) longest = Math.max(longest, Math.min(cellText(row[i])?.length ?? 4, 48));
    return Math.round(Math.min(Math.max(longest * 8.3 + 22, 64), 380));
  });
}

const next = (sort: string[], column: string): string[] =>
  sort[0] === column ? ['-' + column] : sort[0] === '-' + column ? [] : [column];

export function Grid({ status, sort, onSort, onFilter, empty, label, totals, mark }: GridProps) {
  const id = status?.id ?? '';
  const columns = status?.columns;
  const total = status?.kept ?? 0;
  const box = useRef<HTMLDivElement>(null);
  const [pages, setPages] = useState<Map<number, Cell[][]>>(new Map());
  const wanted = useRef(new Set<number>());
  const [view, setView] = useState({ top: 0, height: 400 });
  const [chosen, setChosen] = useState<{ row: number; column: number }>();
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    setPages(new Map());
    wanted.current.clear();
    setChosen(undefined);
    setProblem(undefined);
    if (box.current) box.current.scrollTop = 0;
  }, [id]);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => setView({ top: element.scrollTop, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [columns === null || columns === undefined, total === 0]);

  const full = total * rowHeight;
  const height = Math.min(full, tallest);
  const scale = full > tallest ? (full - view.height) / (tallest - view.height) : 1;
  const first = Math.max(0, Math.floor((view.top * scale) / rowHeight) - 4);
  const last = Math.min(total, first + Math.ceil(view.height / rowHeight) + 9);

  useEffect(() => {
    if (!id || !total) return;
    for (let page = Math.floor(first / pageRows); page <= Math.floor(Math.max(first, last - 1) / pageRows); ++page) {
      const there = pages.get(page);
      const complete = there && (there.length === pageRows || page * pageRows + there.length >= total);
      if (complete || wanted.current.has(page)) continue;
      wanted.current.add(page);
      api.rows(id, page * pageRows, pageRows).then(
        (window) => {
          wanted.current.delete(page);
          setPages((old) => new Map(old).set(page, window.rows));
        },
        (error) => {
          if (status?.state !== 'running') setProblem(String(error.message));
        },
      );
    }
  }, [id, total, first, last, pages]);

  const firstPage = pages.get(0);
  const columnWidths = useMemo(() => (columns ? widths(columns, [...(firstPage ?? []).slice(0, 50), ...(totals ? [totals] : [])]) : []), [columns?.length, id, firstPage !== undefined, totals]);

  if (status?.problem) return <ProblemBox problem={status.problem} />;
  if (!status || !columns) return status?.state === 'cancelled' ? <Empty title="Cancelled" /> : <Loading what="Reading" />;

  const cell = (row: number, column: number) => pages.get(Math.floor(row / pageRows))?.[row % pageRows]?.[column];
  const marked = (row: number) => {
    const cells = mark && pages.get(Math.floor(row / pageRows))?.[row % pageRows];
    return cells ? mark(cells) : '';
  };
  const template = `56px ${columnWidths.map((width) => `${width}px`).join(' ')}`;
  const across = 56 + columnWidths.reduce((sum, width) => sum + width, 0);

  const reveal = (row: number, column: number) => {
    const element = box.current;
    if (!element) return;
    const top = (row * rowHeight) / scale;
    if (top < element.scrollTop) element.scrollTop = top;
    const bottom = top + rowHeight + 44;
    if (bottom > element.scrollTop + element.clientHeight) element.scrollTop = bottom - element.clientHeight;
    const left = 56 + columnWidths.slice(0, column).reduce((sum, width) => sum + width, 0);
    if (left - 56 < element.scrollLeft) element.scrollLeft = left - 56;
    if (left + columnWidths[column] > element.scrollLeft + element.clientWidth) {
      element.scrollLeft = left + columnWidths[column] - element.clientWidth;
    }
  };
  const keys = (event: KeyboardEvent) => {
    const at = chosen ?? { row: Math.max(first, 0), column: 0 };
    const page = Math.max(1, Math.floor(view.height / rowHeight) - 2);
    const steps: Record<string, [number, number]> = {
      ArrowDown: [1, 0],
      ArrowUp: [-1, 0],
      ArrowRight: [0, 1],
      ArrowLeft: [0, -1],
      PageDown: [page, 0],
      PageUp: [-page, 0],
      Home: [0, -columns.length],
      End: [0, columns.length],
    };
    if (event.key === 'Escape') return setChosen(undefined);
    if ((event.ctrlKey || event.metaKey) && event.key === 'c' && chosen && !String(getSelection())) {
      void navigator.clipboard?.writeText(cellText(cell(at.row, at.column) ?? null) ?? '');
      return;
    }
    const step = steps[event.key];
    if (!step || !total) return;
    event.preventDefault();
    const to = {
      row: Math.min(total - 1, Math.max(0, chosen ? at.row + step[0] : at.row)),
      column: Math.min(columns.length - 1, Math.max(0, chosen ? at.column + step[1] : at.column)),
    };
    setChosen(to);
    reveal(to.row, to.column);
  };

  return (
    <div class="grid-frame">
      <div
        class="grid"
        ref={box}
        tabIndex={0}
        role="grid"
        aria-label={label}
        aria-rowcount={total + 1}
        aria-colcount={columns.length + 1}
        onScroll={(event) => setView({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })}
        onKeyDown={keys}
      >
        <div class="grid-head" role="row" style={{ gridTemplateColumns: template, width: across }}>
          <span class="grid-corner" role="columnheader" aria-label="row" />
          {columns.map((column) => {
            const direction = sort?.[0] === column.name ? 'ascending' : sort?.[0] === '-' + column.name ? 'descending' : 'none';
            const sortable = onSort && column.kind !== 'nested';
            return (
              <span role="columnheader" aria-sort={sortable ? direction : undefined} class={'kind-' + column.kind}>
                <button
                  disabled={!sortable}
                  title={`${column.name}: ${column.type}`}
                  onClick={() => onSort?.(next(sort ?? [], column.name))}
                >
                  <b dir="auto">{column.name}</b>
                  {direction !== 'none' && <i aria-hidden="true">{direction === 'ascending' ? '↑' : '↓'}</i>}
                </button>
                <small>{column.type}</small>
              </span>
            );
          })}
        </div>
        <div class="grid-body" style={{ height, width: across }}>
          {Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i).map((row) => (
            <div
              role="row"
              class={'grid-row ' + marked(row)}
              key={row}
              style={{
                gridTemplateColumns: template,
                top: scale === 1 ? row * rowHeight : view.top + row * rowHeight - view.top * scale,
              }}
            >
              <span class="row-number">{number(row + 1)}</span>
              {columns.map((column, i) => {
                const value = cell(row, i);
                const picked = chosen?.row === row && chosen.column === i;
                return (
                  <span
                    role="gridcell"
                    aria-selected={picked}
                    class={`kind-${column.kind}${value === null ? ' null' : ''}`}
                    onClick={() => setChosen({ row, column: i })}
                  >
                    <bdi>{value === undefined ? '' : value === null ? 'NULL' : visible(cellText(value)!)}</bdi>
                  </span>
                );
              })}
            </div>
          ))}
        </div>
        {totals && total > 0 && (
          <div class="grid-totals" role="row" aria-label="totals" style={{ gridTemplateColumns: template, width: across }}>
            <span class="row-number">Σ</span>
            {columns.map((column, i) => (
              <span role="gridcell" class={'kind-' + column.kind}>
                {totals[i] != null && <bdi>{cellText(totals[i])}</bdi>}
              </span>
            ))}
          </div>
        )}
        {total === 0 && status.state === 'done' && <Empty title={empty ?? 'No rows'} />}
      </div>
      {problem && <p class="note">{problem}</p>}
      {chosen && columns[chosen.column] && (
        <CellPanel
          id={id}
          row={chosen.row}
          column={chosen.column}
          about={columns[chosen.column]}
          value={cell(chosen.row, chosen.column)}
          onFilter={onFilter}
          close={() => {
            setChosen(undefined);
            box.current?.focus();
          }}
        />
      )}
    </div>
  );
}

function conditionOf(column: string, text: string | null): string {
  const name = `"${column.replaceAll('"', '""')}"`;
  return text === null ? `${name} is null` : `${name} = '${text.replaceAll("'", "''")}'`;
}

function CellPanel(props: { id: string; row: number; column: number; about: Column; value: Cell | undefined; onFilter?: (condition: string) => void; close: () => void }) {
  const { id, row, column, about, value } = props;
  const cut = value !== null && typeof value === 'object';
  const [whole, setWhole] = useState<string>();
  useEffect(() => {
    setWhole(undefined);
    if (!cut) return;
    let current = true;
    api.cell(id, row, column).then(
      (cell) => current && setWhole(cell.text ?? undefined),
      () => current && setWhole(undefined),
    );
    return () => {
      current = false;
    };
  }, [id, row, column, cut]);
  if (value === undefined) return null;
  const text = whole ?? cellText(value);
  return (
    <aside class="cell-panel" aria-label="cell">
      <header>
        <b dir="auto">{about.name}</b>
        <small>
          {about.type} · row {number(row + 1)}
        </small>
        <CopyButton text={() => text ?? ''} />
        {props.onFilter && about.kind !== 'nested' && about.kind !== 'binary' && !cut && (
          <button class="quiet" onClick={() => props.onFilter!(conditionOf(about.name, cellText(value)))}>
            Only rows with it
          </button>
        )}
        <button class="quiet" aria-label="Close" onClick={props.close}>
          ✕
        </button>
      </header>
      <pre class={value === null ? 'null' : ''} dir="auto">
        {text === null ? 'NULL' : visible(about.kind === 'nested' ? pretty(text) : text, true)}
      </pre>
    </aside>
  );
}
