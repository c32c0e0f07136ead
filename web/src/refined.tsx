// A result looked at again, filtered and in another order: a query over its rows, which doesn't run it anew.
import { useEffect, useState } from 'preact/hooks';
import type { Status } from './api';
import { count } from './format';
import { useQuery } from './query';
import { FilterForm } from './ui';

export interface Refined {
  status?: Status; // of what is to be shown: the result itself, or what came of it
  sort: string[];
  setSort: (sort: string[]) => void;
  where: string;
  setWhere: (where: string) => void;
  there: boolean; // there is a result that can be looked at so
}

export function useRefined(status: Status | undefined): Refined {
  const [where, setWhere] = useState('');
  const [sort, setSort] = useState<string[]>([]);
  const there = status?.state === 'done' && !!status.columns?.length && !status.problem;
  const of = there ? status.id : '';
  useEffect(() => {
    setWhere('');
    setSort([]);
  }, [status?.id]);
  const body = of && (where || sort.length) ? { kind: 'result', of, where, sort } : undefined;
  const refined = useQuery(body, JSON.stringify(body)).status;
  return { status: body ? refined : status, sort, setSort, where, setWhere, there };
}

export function RefineBar({ refined }: { refined: Refined }) {
  const { status, where, setWhere } = refined;
  const text = 'Rows of the result for which';
  return (
    <FilterForm label={text} placeholder={text + ' …'} where={where} setWhere={setWhere}>
      {where && status?.state === 'done' && !status.problem && (
        <span class="note" role="status">
          {count(status.total, 'row')} of it
        </span>
      )}
    </FilterForm>
  );
}
