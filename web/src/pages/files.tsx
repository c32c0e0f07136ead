import { useMemo, useState } from 'preact/hooks';
import { api, type FileInfo } from '../api';
import { ago, bytes, count, number, time, withinTable } from '../format';
import { tableAddress } from '../addresses';
import { treemap } from '../treemap';
import { Empty, Loading, ProblemBox, useLoaded } from '../ui';

const small = 16e6;
const partitionOf = (file: FileInfo) => file.partition.map(([key, value]) => `${key} = ${value ?? 'NULL'}`).join(', ');
const gone = (file: FileInfo) => (file.rows ? file.deleted_rows / file.rows : 0);

interface FilesProps {
  name: string;
  version: string;
  uri: string;
}

export function FilesTab({ name, version, uri }: FilesProps) {
  const { value, problem } = useLoaded(() => api.files(name, version), [name, version]);
  const [chosen, setChosen] = useState<FileInfo>();
  const [only, setOnly] = useState<string>();
  const groups = useMemo(() => {
    const found = new Map<string, FileInfo[]>();
    for (const file of value?.files ?? []) {
      const key = partitionOf(file);
      const group = found.get(key);
      group ? group.push(file) : found.set(key, [file]);
    }
    return [...found].map(([key, files]) => ({ key, files, bytes: files.reduce((sum, file) => sum + file.bytes, 0) }));
  }, [value]);
  if (problem) return <ProblemBox problem={problem} />;
  if (!value) return <Loading />;
  if (!value.total) return <Empty title="No data files">The table has no rows at this version.</Empty>;
  const total = value.files.reduce((sum, file) => sum + file.bytes, 0);
  const deleted = value.files.reduce((sum, file) => sum + file.deleted_rows, 0);
  const little = value.files.filter((file) => file.bytes < small).length;
  const listed = only === undefined ? value.files : value.files.filter((file) => partitionOf(file) === only);
  const partitioned = groups.length > 1 || groups[0].key !== '';
  return (
    <>
      <p class="figures">
        <span>
          <b>{number(value.total)}</b> files
        </span>
        {partitioned && (
          <span>
            <b>{number(groups.length)}</b> partitions
          </span>
        )}
        <span>
          <b>{bytes(total / value.files.length)}</b> on average
        </span>
        <span>
          <b>{number(little)}</b> below {bytes(small)}
        </span>
        <span>
          <b>{number(deleted)}</b> deleted rows still in them
        </span>
      </p>
      <FileMap groups={groups} chosen={chosen} choose={setChosen} />
      <p class="note">
        Area: size. Red: rows that are marked as deleted.{partitioned && ' A frame is a partition.'} {chosen ? '' : 'Click a file for more.'}
      </p>
      {chosen && (
        <dl class="pairs">
          <dt>File</dt>
          <dd class="code">{withinTable(chosen.path, uri)}</dd>
          {chosen.partition.length > 0 && (
            <>
              <dt>Partition</dt>
              <dd dir="auto">{partitionOf(chosen)}</dd>
            </>
          )}
          <dt>Holds</dt>
          <dd>
            {bytes(chosen.bytes)}, {chosen.rows === null ? 'unknown rows' : count(chosen.rows, 'row')}, {number(chosen.deleted_rows)} of them deleted, written{' '}
            {time(chosen.modified_us)}
          </dd>
        </dl>
      )}
      {partitioned && (
        <label class="inline">
          <span class="note">Partition</span>
          <select value={only ?? '*'} onChange={(event) => setOnly(event.currentTarget.value === '*' ? undefined : event.currentTarget.value)}>
            <option value="*">all</option>
            {groups.slice(0, 1000).map((group) => (
              <option key={group.key} value={group.key}>
                {group.key} ({group.files.length})
              </option>
            ))}
          </select>
        </label>
      )}
      <div class="scroll-x">
        <table class="list">
          <thead>
            <tr>
              <th>File</th>
              <th class="number">Size</th>
              <th class="number">Rows</th>
              <th class="number">Deleted</th>
              <th class="number">Written</th>
            </tr>
          </thead>
          <tbody>
            {listed.slice(0, 500).map((file) => (
              <tr key={file.path} class={chosen === file ? 'chosen' : ''} onClick={() => setChosen(file)}>
                <td class="code path">
                  <bdi title={file.path}>{withinTable(file.path, uri)}</bdi>
                </td>
                <td class="number">{bytes(file.bytes)}</td>
                <td class="number">{file.rows === null ? '?' : number(file.rows)}</td>
                <td class="number">{file.deleted_rows ? number(file.deleted_rows) : ''}</td>
                <td class="number" title={time(file.modified_us)}>
                  {ago(file.modified_us)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {!version && (
        <p class="note">
          Fewer, larger files: <a href={tableAddress(name, { tab: 'maintenance' })}>Maintenance</a>.
        </p>
      )}
      {listed.length > 500 && <p class="note">The {number(500)} largest of {number(only === undefined ? value.total : listed.length)} files.</p>}
    </>
  );
}

interface Group {
  key: string;
  files: FileInfo[];
  bytes: number;
}

function FileMap({ groups, chosen, choose }: { groups: Group[]; chosen?: FileInfo; choose: (file: FileInfo) => void }) {
  const width = 960;
  const height = 260;
  const frames = useMemo(() => treemap(groups, (group) => group.bytes, 0, 0, width, height), [groups]);
  const share = (part: number, whole: number) => `${(100 * part) / whole}%`;
  // Where there is room for a word.
  const labels = (groups.length > 1
    ? frames.map((frame) => ({ ...frame, text: `${frame.item.key}  ${bytes(frame.item.bytes)}` }))
    : treemap(groups[0].files, (file) => file.bytes, 0, 0, width, height).map((tile) => ({ ...tile, text: bytes(tile.item.bytes) }))
  ).filter((one) => one.width > 60 && one.height > 24);
  return (
    <div class="treemap-frame">
      <svg class="treemap" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label="files by size">
        {frames.map((frame) => {
          const inset = frames.length > 1 ? 1.5 : 0;
          const tiles = treemap(frame.item.files, (file) => file.bytes, frame.x + inset, frame.y + inset, frame.width - 2 * inset, frame.height - 2 * inset);
          return (
            <g key={frame.item.key}>
              {tiles.map((tile) => (
                <g key={tile.item.path} onClick={() => choose(tile.item)} class={chosen === tile.item ? 'file chosen' : 'file'}>
                  <rect x={tile.x} y={tile.y} width={tile.width} height={tile.height} class={tile.item.bytes < small ? 'small' : ''} />
                  {tile.item.deleted_rows > 0 && (
                    <rect class="deleted" x={tile.x} y={tile.y + tile.height * (1 - gone(tile.item))} width={tile.width} height={tile.height * gone(tile.item)} />
                  )}
                  <title>{`${tile.item.path}\n${bytes(tile.item.bytes)}, ${number(tile.item.rows ?? 0)} rows, ${number(tile.item.deleted_rows)} deleted`}</title>
                </g>
              ))}
              {frames.length > 1 && <rect class="frame" x={frame.x} y={frame.y} width={frame.width} height={frame.height} />}
            </g>
          );
        })}
      </svg>
      {labels.map((one) => (
        <span dir="auto" style={{ left: share(one.x, width), top: share(one.y, height), maxWidth: share(one.width, width) }}>
          {one.text}
        </span>
      ))}
    </div>
  );
}
