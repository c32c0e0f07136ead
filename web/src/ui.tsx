import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { api, Problem, type ProblemBody, type Status } from './api';

// A value that is fetched: undefined while it is on its way.
export function useLoaded<T>(load: () => Promise<T>, inputs: unknown[]): { value?: T; problem?: ProblemBody; reload: () => void } {
  const [state, setState] = useState<{ value?: T; problem?: ProblemBody }>({});
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let current = true;
    setState((old) => (turn > 0 ? old : {}));
    load().then(
      (value) => current && setState({ value }),
      (error) => current && setState({ problem: problemOf(error) }),
    );
    return () => {
      current = false;
    };
  }, [...inputs, turn]);
  return { ...state, reload: () => setTurn(turn + 1) };
}

// A component whose code comes when it is shown first.
export function later<P extends {}>(load: () => Promise<(properties: P) => preact.JSX.Element>) {
  let there: ((properties: P) => preact.JSX.Element) | undefined;
  return (properties: P) => {
    const { value, problem } = useLoaded(() => load().then((Component) => ((there = Component), true)), []);
    if (problem) return <ProblemBox problem={problem} retry={() => location.reload()} />;
    const Component = there;
    return Component && (value || there) ? <Component {...properties} /> : <Loading />;
  };
}

export function problemOf(error: unknown): ProblemBody {
  return error instanceof Problem ? error.body : { code: 'Internal', detail: String((error as Error)?.message ?? error) };
}

export function ProblemBox({ problem, retry }: { problem: ProblemBody; retry?: () => void }) {
  return (
    <div class="problem" role="alert">
      <strong>{problem.code}</strong>
      <pre>{problem.detail}</pre>
      {problem.hint && <p class="hint">{problem.hint}</p>}
      {retry && <button onClick={retry}>Try again</button>}
    </div>
  );
}

export function Loading({ what = 'Loading' }: { what?: string }) {
  return (
    <div class="loading" role="status">
      <span class="spinner" aria-hidden="true" />
      {what}…
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <strong>{title}</strong>
      {children}
    </div>
  );
}

export function CopyButton({ text, label = 'Copy' }: { text: () => string; label?: string }) {
  const [done, setDone] = useState(false);
  return (
    <button
      class="quiet"
      onClick={() => {
        void navigator.clipboard?.writeText(text()).then(() => {
          setDone(true);
          setTimeout(() => setDone(false), 1200);
        });
      }}
    >
      {done ? 'Copied' : label}
    </button>
  );
}

// Arrow keys move between tabs, as in every toolkit.
export function Tabs<T extends string>({ tabs, chosen, choose, label }: { tabs: [T, string][]; chosen: T; choose: (tab: T) => void; label: string }) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // On a narrow screen the list scrolls, and nothing else should.
    const tab = list.current?.querySelector<HTMLElement>(`[data-tab="${chosen}"]`);
    if (tab && list.current) list.current.scrollLeft = tab.offsetLeft + tab.offsetWidth - list.current.offsetLeft - list.current.clientWidth;
  }, [chosen]);
  const keys = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (!step) return;
    const at = tabs.findIndex(([id]) => id === chosen);
    const next = tabs[(at + step + tabs.length) % tabs.length][0];
    choose(next);
    (event.currentTarget as HTMLElement).querySelector<HTMLElement>(`[data-tab="${next}"]`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={label} onKeyDown={keys} ref={list}>
      {tabs.map(([id, title]) => (
        <button role="tab" data-tab={id} aria-selected={id === chosen} tabIndex={id === chosen ? 0 : -1} onClick={() => choose(id)}>
          {title}
        </button>
      ))}
    </div>
  );
}

// A button that opens a small panel; Escape or a click elsewhere closes it.
export function Popover({ label, children, disabled }: { label: ComponentChildren; children: ComponentChildren; disabled?: boolean }) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const close = (event: Event) => {
      if (event instanceof KeyboardEvent ? event.key === 'Escape' : !box.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener('keydown', close);
    document.addEventListener('pointerdown', close);
    return () => {
      document.removeEventListener('keydown', close);
      document.removeEventListener('pointerdown', close);
    };
  }, [open]);
  return (
    <div class="popover" ref={box}>
      <button aria-expanded={open} aria-haspopup="true" disabled={disabled} onClick={() => setOpen(!open)}>
        {label}
      </button>
      {open && <div class="panel">{children}</div>}
    </div>
  );
}

export function ExportMenu({ status, name }: { status?: Status; name: string }) {
  return (
    <Popover label="Export" disabled={status?.state !== 'done' || !status.columns?.length}>
      <div class="menu-list">
        {['csv', 'json', 'jsonl', 'parquet', 'arrow'].map((format) => (
          <a key={format} href={status ? api.exportUrl(status.id, format) : undefined} download={`${name}.${format}`}>
            {format}
          </a>
        ))}
      </div>
    </Popover>
  );
}

// Kept in the browser alone; a browser that keeps nothing is no error.
export function remembered<T>(key: string, otherwise: T): T {
  try {
    const text = localStorage.getItem('lakelet.' + key);
    return text === null ? otherwise : (JSON.parse(text) as T);
  } catch {
    return otherwise;
  }
}
export function remember(key: string, value: unknown) {
  try {
    localStorage.setItem('lakelet.' + key, JSON.stringify(value));
  } catch {
    // full or forbidden
  }
}

interface FilterFormProps {
  label: string;
  placeholder: string;
  where: string; // the condition that holds
  setWhere: (where: string) => void;
  children?: ComponentChildren;
}

// A condition that is typed: it holds once it is sent, and no more once the field is empty.
export function FilterForm({ label, placeholder, where, setWhere, children }: FilterFormProps) {
  const [typed, setTyped] = useState(where);
  useEffect(() => setTyped(where), [where]);
  return (
    <form
      class="toolbar"
      onSubmit={(event) => {
        event.preventDefault();
        setWhere(typed.trim());
      }}
    >
      <input
        class="grow code"
        type="search"
        aria-label={label}
        placeholder={placeholder}
        value={typed}
        spellcheck={false}
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          if (!event.currentTarget.value) setWhere('');
        }}
      />
      <button type="submit">Filter</button>
      {children}
    </form>
  );
}
