// Maintenance on the server, watched by one component. It goes on when the component goes.
import { useEffect, useRef, useState } from 'preact/hooks';
import { api, type Job } from './api';
import { problemOf } from './ui';

const failed = (error: unknown): Job => ({
  id: '',
  state: 'failed',
  verb: '',
  table: '',
  dry_run: true,
  stage: '',
  progress: -1,
  seconds: 0,
  problem: problemOf(error),
});

export interface WatchedJob {
  job?: Job;
  start: (body: Record<string, unknown>) => void;
  cancel: () => void;
  forget: () => void;
}

export function useJob(ended: (job: Job) => void): WatchedJob {
  const [job, setJob] = useState<Job>();
  const timer = useRef(0);
  const gone = useRef(false);
  useEffect(
    () => () => {
      gone.current = true;
      clearTimeout(timer.current);
    },
    [],
  );
  const take = (now: Job, wait: number) => {
    if (gone.current) return;
    setJob(now);
    if (now.state === 'running') timer.current = window.setTimeout(watch, wait, now.id, Math.min(wait * 1.4, 500));
    else ended(now);
  };
  const watch = (id: string, wait: number) => {
    api.job(id).then(
      (now) => take(now, wait),
      (error) => take(failed(error), wait),
    );
  };
  return {
    job,
    start: (body) => {
      clearTimeout(timer.current);
      api.startJob(body).then(
        (now) => take(now, 20),
        (error) => take(failed(error), 0),
      );
    },
    cancel: () => void (job?.id && api.cancelJob(job.id).catch(() => null)),
    forget: () => {
      clearTimeout(timer.current);
      setJob(undefined);
    },
  };
}
