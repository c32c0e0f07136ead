import { useRef, useState } from 'preact/hooks';
import { api, post, Problem, type ProblemBody, type TableName } from '../api';
import { bytes, count, seconds } from '../format';
import { Grid } from '../grid';
import { tableAddress, type Place } from '../addresses';
import { useQuery } from '../query';
import { ProblemBox, problemOf, useLoaded } from '../ui';

interface Upload {
  id: string;
  name: string;
  bytes: number;
}
interface Reading {
  format: string;
  delimiter: string;
  encoding: string;
  header: boolean;
  sheet: string;
}
interface Outcome {
  version: string;
  rows_inserted: number;
  seconds: number;
  table: string;
}

// As a stream straight from the file, however big it is; fetch can't say how far it is.
function send(file: File, told: (share: number) => void, started: (request: XMLHttpRequest) => void): Promise<Upload> {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    started(request);
    request.open('POST', '/api/uploads?name=' + encodeURIComponent(file.name));
    request.setRequestHeader('X-Lakelet', '1');
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.upload.onprogress = (event) => told(event.loaded / Math.max(1, event.total));
    request.onload = () => {
      const body = JSON.parse(request.responseText || 'null');
      if (request.status === 200) done({ id: body.upload, name: file.name, bytes: body.bytes });
      else fail(new Problem(body ?? { code: 'Unavailable', detail: 'the upload failed' }));
    };
    request.onerror = () => fail(new Problem({ code: 'Unavailable', detail: 'the upload broke off', hint: 'send the file again' }));
    request.onabort = () => fail(new Problem({ code: 'Cancelled', detail: 'the upload was stopped' }));
    request.send(file);
  });
}

const tableNameOf = (file: string) =>
  file
    .replace(/(\.\w{1,8}){1,2}$/, '')
    .replace(/[^\w-]+/g, '_')
    .replace(/^_+|_+$/g, '') || 'table';

export function ImportPage({ tables, place, done }: { tables: TableName[]; place: Place; done: () => void }) {
  const [upload, setUpload] = useState<Upload>();
  const [share, setShare] = useState<number>();
  const [problem, setProblem] = useState<ProblemBody>();
  const [reading, setReading] = useState<Reading>({ format: '', delimiter: '', encoding: 'utf-8', header: true, sheet: '' });
  const [target, setTarget] = useState(place.parameters.get('table') ?? '');
  const [made, setMade] = useState('');
  const [mode, setMode] = useState('append');
  const [newColumns, setNewColumns] = useState(false);
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome>();
  const [over, setOver] = useState(false);
  const request = useRef<XMLHttpRequest>();
  const body = upload && { kind: 'preview', upload: upload.id, name: upload.name, ...reading };
  const { status } = useQuery(body, JSON.stringify(body));
  const workbook = upload && (reading.format ? reading.format === 'xlsx' : /\.xlsx$/i.test(upload.name));
  const sheets = useLoaded(() => (workbook ? api.sheets(upload.id, upload.name, reading.format) : Promise.resolve({ sheets: [] })), [upload?.id, workbook]).value?.sheets ?? [];

  const choose = async (file: File | undefined) => {
    if (!file) return;
    setProblem(undefined);
    setOutcome(undefined);
    setUpload(undefined);
    setReading((old) => ({ ...old, sheet: '' }));
    setShare(0);
    try {
      setUpload(await send(file, setShare, (started) => (request.current = started)));
      setMade(tableNameOf(file.name));
    } catch (error) {
      setProblem(problemOf(error));
    }
    setShare(undefined);
  };
  const bring = async () => {
    if (!upload) return;
    const table = target || made.trim();
    setBusy(true);
    setProblem(undefined);
    try {
      const report = await post('/api/import', {
        upload: upload.id,
        name: upload.name,
        table,
        mode: target ? mode : 'create',
        new_columns: newColumns,
        ...reading,
      });
      setOutcome({ ...report, table });
      setUpload(undefined);
      done();
    } catch (error) {
      setProblem(problemOf(error));
    }
    setBusy(false);
  };
  const text = !upload || /\.(csv|tsv|txt)(\.(gz|zst))?$/i.test(upload.name) || ['csv', 'tsv'].includes(reading.format);

  return (
    <div class="page import-page">
      <header class="page-head">
        <h1>Import</h1>
      </header>
      <label
        class={over ? 'drop over' : 'drop'}
        onDragOver={(event) => (event.preventDefault(), setOver(true))}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          void choose(event.dataTransfer?.files[0]);
        }}
      >
        <input type="file" accept=".csv,.tsv,.txt,.json,.jsonl,.ndjson,.parquet,.arrow,.feather,.xlsx,.gz,.zst" onChange={(event) => {
            void choose(event.currentTarget.files?.[0]);
            event.currentTarget.value = ''; // so that the same file, mended, can be chosen again
          }} />
        {upload ? (
          <span>
            <b dir="auto">{upload.name}</b> <span class="note">{bytes(upload.bytes)}</span>
          </span>
        ) : (
          <span>
            Drop a file here, or choose one <span class="note">csv, tsv, json, jsonl, parquet, arrow, xlsx</span>
          </span>
        )}
      </label>
      {share !== undefined && (
        <p class="toolbar">
          <progress value={share} aria-label="upload" />
          <button onClick={() => request.current?.abort()}>Stop</button>
        </p>
      )}
      {outcome && (
        <p class="banner good" role="status">
          {count(outcome.rows_inserted, 'row')} imported in {seconds(outcome.seconds)}: <a href={tableAddress(outcome.table)}>{outcome.table}</a> is at version {outcome.version}.
        </p>
      )}
      {problem && <ProblemBox problem={problem} />}
      {upload && (
        <>
          <div class="form">
            <label>
              <span>Into</span>
              <select value={target} onChange={(event) => setTarget(event.currentTarget.value)}>
                <option value="">a new table</option>
                {tables.map((table) => (
                  <option key={table.uri} value={table.name}>
                    {table.name}
                  </option>
                ))}
              </select>
            </label>
            {!target ? (
              <label>
                <span>Called</span>
                <input value={made} onInput={(event) => setMade(event.currentTarget.value)} />
              </label>
            ) : (
              <>
                <label>
                  <span>Mode</span>
                  <select value={mode} onChange={(event) => setMode(event.currentTarget.value)}>
                    <option value="append">append the rows</option>
                    <option value="overwrite">replace all rows</option>
                  </select>
                </label>
                <label class="check">
                  <input type="checkbox" checked={newColumns} onChange={() => setNewColumns(!newColumns)} />
                  <span>Add columns that the table doesn’t have</span>
                </label>
              </>
            )}
            <label>
              <span>Format</span>
              <select value={reading.format} onChange={(event) => setReading({ ...reading, format: event.currentTarget.value })}>
                <option value="">by its extension</option>
                {['csv', 'tsv', 'json', 'jsonl', 'parquet', 'arrow', 'xlsx'].map((format) => (
                  <option key={format}>{format}</option>
                ))}
              </select>
            </label>
            {sheets.length > 1 && (
              <label>
                <span>Sheet</span>
                <select value={reading.sheet} onChange={(event) => setReading({ ...reading, sheet: event.currentTarget.value })}>
                  {sheets.map((name, i) => (
                    <option key={name} value={i ? name : ''}>
                      {name}
                    </option>
                  ))}
                </select>
              </label>
            )}
            {text && (
              <>
                <label>
                  <span>Delimiter</span>
                  <select value={reading.delimiter} onChange={(event) => setReading({ ...reading, delimiter: event.currentTarget.value })}>
                    <option value="">found out</option>
                    <option value=",">comma</option>
                    <option value=";">semicolon</option>
                    <option value={'\t'}>tab</option>
                    <option value="|">bar</option>
                  </select>
                </label>
                <label>
                  <span>Encoding</span>
                  <select value={reading.encoding} onChange={(event) => setReading({ ...reading, encoding: event.currentTarget.value })}>
                    {['utf-8', 'latin-1', 'utf-16'].map((encoding) => (
                      <option key={encoding}>{encoding}</option>
                    ))}
                  </select>
                </label>
              </>
            )}
            {(text || workbook) && (
              <label class="check">
                <input type="checkbox" checked={reading.header} onChange={() => setReading({ ...reading, header: !reading.header })} />
                <span>The first line names the columns</span>
              </label>
            )}
          </div>
          <h2>What is in it</h2>
          <div class="preview">
            <Grid status={status} label="preview of the file" empty="The file has no rows" />
          </div>
          <p class="toolbar">
            <button class="primary" disabled={busy || (!target && !made.trim())} onClick={bring}>
              {busy ? 'Importing…' : target && mode === 'overwrite' ? 'Replace the rows' : 'Import'}
            </button>
          </p>
        </>
      )}
    </div>
  );
}
