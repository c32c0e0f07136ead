// A query on the server, watched by one component: started, asked after, cancelled when the component goes.
import { useEffect, useRef, useState } from 'preact/hooks';
import { api, type Status } from './api';
import { problemOf } from './ui';

const failed = (error: unknown): Status => ({
  id: '',
  state: 'failed',
  progress: -1,
  seconds: 0,
  kept: 0,
  total: 0,
  columns: null,
  problem: problemOf(error),
});

const live = new Set<string>();
addEventListener('pagehide', () => live.forEach((id) => void api.remove(id)));

export interface RunningQuery {
  status?: Status;
  cancel: () => void;
}

// `body` undefined: nothing to run. A new `key` starts it again.
export function useQuery(body: Record<string, unknown> | undefined, key: unknown): RunningQuery {
  const [status, setStatus] = useState<Status>();
  const id = useRef('');
  useEffect(() => {
    if (!body) return setStatus(undefined);
    let gone = false;
    let timer = 0;
    let mine = '';
    setStatus(undefined);
    const watch = async (wait: number) => {
      try {
        const now = await api.status(mine);
        if (gone) return;
        setStatus(now);
        if (now.state === 'running') timer = window.setTimeout(watch, wait, Math.min(wait * 1.4, 500));
      } catch (error) {
        if (!gone) setStatus(failed(error));
      }
    };
    api.start(body).then(
      (now) => {
        mine = id.current = now.id;
        live.add(mine);
        if (gone) return leave();
        setStatus(now);
        void watch(20);
      },
      (error) => gone || setStatus(failed(error)),
    );
    const leave = () => {
      clearTimeout(timer);
      if (!mine) return;
      live.delete(mine);
      void api.remove(mine);
    };
    return () => {
      gone = true;
      leave();
    };
  }, [key]);
  return { status, cancel: () => void (id.current && api.cancel(id.current).catch(() => null)) };
}
