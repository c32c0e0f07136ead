// An EXPLAIN as a tree: what each step did, and which files it left out.
import { useEffect, useState } from 'preact/hooks';
import { api, cellText, wholeResult, type ProblemBody } from './api';
import { count, number, seconds } from './format';
import { Loading, ProblemBox, problemOf } from './ui';

interface Node {
  name?: string;
  operator_name?: string;
  operator_type?: string;
  operator_timing?: number;
  operator_cardinality?: number;
  cumulative_rows_scanned?: number;
  latency?: number;
  extra_info?: Record<string, string | string[]>;
  children?: Node[];
}

export function Plan({ sql, parameters, analyze }: { sql: string; parameters: Record<string, string>; analyze: boolean }) {
  const [root, setRoot] = useState<Node>();
  const [problem, setProblem] = useState<ProblemBody>();
  useEffect(() => {
    let current = true;
    setRoot(undefined);
    setProblem(undefined);
    wholeResult({ kind: 'sql', sql, parameters, explain: true, analyze })
      .then(async (result) => {
        let text = cellText(result.rows[0]?.[1] ?? null) ?? '';
        const cell = result.rows[0]?.[1];
        if (cell && typeof cell === 'object') text = await longCell({ kind: 'sql', sql, parameters, explain: true, analyze });
        const parsed = JSON.parse(text);
        if (current) setRoot(Array.isArray(parsed) ? parsed[0] : parsed);
      })
      .catch((error) => current && setProblem(problemOf(error)));
    return () => {
      current = false;
    };
  }, [sql, JSON.stringify(parameters), analyze]);
  if (problem) return <ProblemBox problem={problem} />;
  if (!root) return <Loading what={analyze ? 'Running it to measure' : 'Planning'} />;
  const top = root.operator_name || root.name ? root : (root.children?.[0] ?? root);
  const all = flatten(top);
  const slowest = Math.max(...all.map((node) => node.operator_timing ?? 0), 1e-9);
  return (
    <div class="plan">
      {root.latency !== undefined && <p class="note">{seconds(root.latency)} in all</p>}
      <ul>
        <Step node={top} slowest={slowest} />
      </ul>
    </div>
  );
}

// A plan is longer than a cell of a grid.
async function longCell(body: Record<string, unknown>): Promise<string> {
  const started = await api.start(body);
  let status = started;
  while (status.state === 'running') {
    await new Promise((done) => setTimeout(done, 30));
    status = await api.status(started.id);
  }
  const cell = await api.cell(started.id, 0, 1);
  void api.remove(started.id);
  return cell.text ?? '';
}

const flatten = (node: Node): Node[] => [node, ...(node.children ?? []).flatMap(flatten)];
const title = (node: Node) => (node.operator_name ?? node.name ?? node.operator_type ?? 'step').trim().replaceAll('_', ' ').toLowerCase();

function Step({ node, slowest }: { node: Node; slowest: number }) {
  const info = Object.entries(node.extra_info ?? {}).filter(([key, value]) => String(value) !== '' && key !== 'Estimated Cardinality');
  const estimate = node.extra_info?.['Estimated Cardinality'];
  const share = (node.operator_timing ?? 0) / slowest;
  return (
    <li>
      <div class="step">
        <b>{title(node)}</b>
        <span class="note">
          {node.operator_cardinality !== undefined
            ? count(node.operator_cardinality, 'row')
            : estimate
              ? `about ${number(Number(estimate))} rows`
              : ''}
          {node.operator_timing !== undefined && ` · ${seconds(node.operator_timing)}`}
        </span>
        {node.operator_timing !== undefined && <meter min={0} max={1} value={share} aria-label="share of the time" />}
        {info.length > 0 && (
          <dl>
            {info.map(([key, value]) => (
              <>
                <dt>{key}</dt>
                <dd>{Array.isArray(value) ? value.join(', ') : value}</dd>
              </>
            ))}
          </dl>
        )}
      </div>
      {node.children && node.children.length > 0 && (
        <ul>
          {node.children.map((child, i) => (
            <Step key={i} node={child} slowest={slowest} />
          ))}
        </ul>
      )}
    </li>
  );
}
