// The server's API, typed. Everything that fails throws a Problem.

export interface ProblemBody {
  code: string;
  detail: string;
  hint?: string;
  status?: number;
}

export class Problem extends Error {
  constructor(readonly body: ProblemBody) {
    super(body.detail);
  }
}

export interface SessionInfo {
  version: string;
  read_only: boolean;
  folders: string[];
  hide_tables: boolean;
  configuration_file: string;
}
export interface TableName {
  name: string;
  schema: string;
  uri: string;
  configured: boolean;
}
export interface SavedQuery {
  name: string;
  title: string;
  description: string;
  sql: string;
  totals_row: boolean;
  parameters: { name: string; default: string }[];
  where: string;
}
export interface JobResult {
  summary: string;
  nothing: boolean;
  version: number;
  columns: string[];
  rows: string[][];
  rows_total: number;
}
export interface Job {
  id: string;
  state: 'running' | 'done' | 'failed' | 'cancelled';
  verb: string;
  table: string;
  dry_run: boolean;
  stage: string;
  progress: number;
  seconds: number;
  result?: JobResult;
  problem?: ProblemBody;
}
export interface Reference {
  name: string;
  branch: boolean; // or a tag
}
export interface Detail {
  name: string;
  uri: string;
  title: string;
  description: string;
  id: string;
  format: string;
  version: string;
  modified_us: number;
  created_us: number | null;
  files: number;
  bytes: number;
  rows: number | null;
  partition_columns: string[];
  protocol: [string, string][];
  references: Reference[];
  properties: Record<string, string>;
}
export interface Field {
  name: string;
  type: string;
  nullable: boolean;
  comment: string;
  metadata: Record<string, string>;
  children: Field[];
}
export interface HistoryEntry {
  version: string;
  timestamp_us: number;
  operation: string;
  parameters: Record<string, string>;
  metrics: Record<string, string>;
  user: string;
  engine: string;
  other: Record<string, string>;
}
export type Partition = [string, string | null][];
export interface FileInfo {
  path: string;
  bytes: number;
  rows: number | null;
  deleted_rows: number;
  modified_us: number;
  partition: Partition;
}
export interface FileList {
  total: number;
  files: FileInfo[];
}
export interface Diff {
  from: string;
  to: string;
  schema_before: Field[];
  schema_after: Field[];
  properties_before: Record<string, string>;
  properties_after: Record<string, string>;
  added: FileList;
  removed: FileList;
}

export type Kind = 'number' | 'text' | 'time' | 'boolean' | 'binary' | 'nested';
export interface Column {
  name: string;
  type: string;
  kind: Kind;
}
export type Cell = string | null | { cut: string; length: number };
export interface Status {
  id: string;
  state: 'running' | 'done' | 'failed' | 'cancelled';
  progress: number;
  seconds: number;
  kept: number;
  total: number;
  columns: Column[] | null;
  problem?: ProblemBody;
}
export interface Window {
  status: Status;
  rows: Cell[][];
}

// Versions may have more digits than a number here can hold. (In a text the quotes would be escaped.)
const versions = /"(version|from|to)":\s*(-?\d+)(?=[,}])/g;

async function answer(response: Response): Promise<any> {
  if (response.status === 204) return null;
  const text = await response.text();
  let body: any = null;
  try {
    body = JSON.parse(text.replace(versions, '"$1":"$2"'));
  } catch {
    // not ours: said below
  }
  if (response.ok && body !== null) return body;
  throw new Problem(body?.detail ? body : { code: 'Unavailable', detail: `the server answered ${response.status}` });
}

async function send(path: string, init: RequestInit = {}): Promise<any> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error;
    throw new Problem({
      code: 'Unavailable',
      detail: 'lakelet web doesn’t answer.',
      hint: 'start it again, then reload this page',
    });
  }
  return answer(response);
}

function query(parameters: Record<string, string | number | undefined>): string {
  const out = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters)) if (value !== undefined && value !== '') out.set(key, String(value));
  return out.toString();
}

const marked = { 'X-Lakelet': '1', 'Content-Type': 'application/json' };
export const post = (path: string, body?: unknown, init: RequestInit = {}) =>
  send(path, { method: 'POST', headers: marked, body: body === undefined ? undefined : JSON.stringify(body), ...init });

export const api = {
  session: (): Promise<SessionInfo> => send('/api/session'),
  tables: (): Promise<TableName[]> => send('/api/tables'),
  detail: (table: string, version = ''): Promise<Detail> => send('/api/table/detail?' + query({ table, version })),
  schema: (table: string, version = ''): Promise<Field[]> => send('/api/table/schema?' + query({ table, version })),
  history: (table: string, limit?: number): Promise<HistoryEntry[]> => send('/api/table/history?' + query({ table, limit })),
  files: (table: string, version = ''): Promise<FileList> => send('/api/table/files?' + query({ table, version })),
  diff: (table: string, from: string, to: string): Promise<Diff> => send('/api/table/diff?' + query({ table, from, to })),
  start: (body: Record<string, unknown>): Promise<Status> => post('/api/queries', body),
  status: (id: string): Promise<Status> => send('/api/queries/' + id),
  rows: (id: string, from: number, count: number): Promise<Window> => send(`/api/queries/${id}/rows?` + query({ from, count })),
  cell: (id: string, row: number, column: number): Promise<{ text: string | null }> =>
    send(`/api/queries/${id}/cell?` + query({ row, column })),
  cancel: (id: string) => post(`/api/queries/${id}/cancel`),
  remove: (id: string) => send('/api/queries/' + id, { method: 'DELETE', headers: marked, keepalive: true }).catch(() => null),
  totals: (id: string): Promise<{ totals: Cell[][] }> => send(`/api/queries/${id}/totals`),
  saved: (): Promise<SavedQuery[]> => send('/api/saved'),
  save: (query: Record<string, unknown>): Promise<{ file: string }> => post('/api/saved', query),
  startJob: (body: Record<string, unknown>): Promise<Job> => post('/api/jobs', body),
  job: (id: string): Promise<Job> => send('/api/jobs/' + id),
  cancelJob: (id: string) => post(`/api/jobs/${id}/cancel`),
  sheets: (upload: string, name: string, format: string): Promise<{ sheets: string[] }> => send('/api/uploads/sheets?' + query({ upload, name, format })),
  exportUrl: (id: string, format: string) => `/api/queries/${id}/export?` + query({ format }),
};

// The rows of a short query, all at once.
export async function wholeResult(body: Record<string, unknown>, most = 1000): Promise<Window> {
  const started = await api.start(body);
  let status = started;
  for (let wait = 15; status.state === 'running'; wait = Math.min(wait * 1.5, 400)) {
    await new Promise((done) => setTimeout(done, wait));
    status = await api.status(started.id);
  }
  if (status.problem) throw new Problem(status.problem);
  const rows = await api.rows(started.id, 0, most);
  void api.remove(started.id);
  return rows;
}

export const cellText = (cell: Cell): string | null => (cell !== null && typeof cell === 'object' ? cell.cut + '…' : cell);
