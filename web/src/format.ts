const plain = new Intl.NumberFormat('en');

// A file's path within its table, where it is one below it.
export function withinTable(path: string, table: string): string {
  const plain = path.replace(/^file:\/\/(?=\/)/, '');
  const folder = table.replace(/^file:\/\/(?=\/)/, '').replace(/\/*$/, '/');
  return plain.startsWith(folder) ? plain.slice(folder.length) : path;
}

export const number = (value: number) => plain.format(value).replaceAll(',', '\u202f');

export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let at = 0;
  while (value >= 1000 && at < units.length - 1) {
    value /= 1000;
    ++at;
  }
  return `${at === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[at]}`;
}

export const count = (value: number, noun: string) => `${number(value)} ${noun}${value === 1 ? '' : 's'}`;

export function seconds(value: number): string {
  if (value < 1) return `${Math.max(1, Math.round(value * 1000))} ms`;
  return value < 60 ? `${value.toFixed(1)} s` : `${Math.floor(value / 60)} min ${Math.round(value % 60)} s`;
}

export function time(us: number): string {
  return new Date(us / 1000).toISOString().slice(0, 19).replace('T', ' ') + ' UTC';
}

export function ago(us: number, now = Date.now()): string {
  const past = (now - us / 1000) / 1000;
  if (past < 0) return time(us);
  const steps: [number, string][] = [
    [60, 'second'],
    [60, 'minute'],
    [24, 'hour'],
    [30, 'day'],
    [12, 'month'],
    [Infinity, 'year'],
  ];
  let value = past;
  for (const [size, name] of steps) {
    if (value < size) {
      const whole = Math.floor(value);
      return name === 'second' && whole < 10 ? 'just now' : `${whole} ${name}${whole === 1 ? '' : 's'} ago`;
    }
    value /= size;
  }
  return time(us);
}

export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

// Characters that can't be seen, or that turn the text around them, as signs that can.
export function visible(text: string, lines = false): string {
  return text.replace(/[\u0000-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (sign) => {
    const code = sign.charCodeAt(0);
    if (lines && (sign === '\n' || sign === '\t')) return sign;
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '\u2421' : `\u2039${code.toString(16).toUpperCase()}\u203a`;
  });
}
