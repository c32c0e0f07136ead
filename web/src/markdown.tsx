// The little of Markdown that people put in a description: paragraphs, lists, `code`, **strong**, *stress* and links.
// Everything else is text; nothing of it is ever HTML.
import type { ComponentChildren } from 'preact';

function inline(text: string): ComponentChildren[] {
  const out: ComponentChildren[] = [];
  const parts = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)/g;
  let at = 0;
  for (const match of text.matchAll(parts)) {
    out.push(text.slice(at, match.index));
    const [, code, strong, stress, label, address] = match;
    if (code) out.push(<code>{code}</code>);
    else if (strong) out.push(<strong>{strong}</strong>);
    else if (stress) out.push(<em>{stress}</em>);
    else
      out.push(
        <a href={address} rel="noreferrer noopener" target="_blank">
          {label}
        </a>,
      );
    at = match.index + match[0].length;
  }
  out.push(text.slice(at));
  return out;
}

export function Markdown({ text }: { text: string }) {
  const blocks = text.trim().split(/\n\s*\n/);
  return (
    <div class="markdown" dir="auto">
      {blocks.map((block) => {
        const lines = block.split('\n');
        if (lines.every((line) => /^\s*[-*] /.test(line))) {
          return (
            <ul>
              {lines.map((line) => (
                <li>{inline(line.replace(/^\s*[-*] /, ''))}</li>
              ))}
            </ul>
          );
        }
        return <p>{inline(block)}</p>;
      })}
    </div>
  );
}
