// The page's own addresses: everything that can be shared or gone back to stands behind the '#'.
export interface Place {
  page: string;
  table: string;
  parameters: URLSearchParams;
}

// "#/table/NAME?tab=history": the address of everything that can be shared or gone back to.
export function placeOf(hash: string): Place {
  const [path, search = ''] = hash.replace(/^#\/?/, '').split('?');
  const [page = '', table = ''] = path.split('/');
  let name = '';
  try {
    name = decodeURIComponent(table);
  } catch {
    // an address that somebody mistyped
  }
  return { page, table: name, parameters: new URLSearchParams(search) };
}

export const tableAddress = (name: string, parameters: Record<string, string> = {}) => {
  const search = new URLSearchParams(parameters).toString();
  return `#/table/${encodeURIComponent(name)}${search ? '?' + search : ''}`;
};

export const savedAddress = (name: string) => '#/query/' + encodeURIComponent(name);
