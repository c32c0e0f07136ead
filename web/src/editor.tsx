// The SQL editor: CodeMirror with what SQL over tables needs.
import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, closeCompletion, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab, isolateHistory } from '@codemirror/commands';
import { SQLDialect, sql, type SQLNamespace } from '@codemirror/lang-sql';
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { Compartment, EditorState, Prec } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers, placeholder } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'preact/hooks';

const functions =
  'abs avg ceil coalesce concat count current_date date_diff date_part date_trunc day epoch extract first floor greatest if ifnull lag ' +
  'last lead least left length list list_contains lower max median min mode month now nullif percentile_cont quantile rank regexp_extract ' +
  'regexp_matches regexp_replace replace right round row_number split_part stddev strftime strptime struct_extract substring sum trim ' +
  'try_cast unnest upper year lake_scan lake_files lake_history lake_metadata lake_changes approx_count_distinct arg_max arg_min string_agg';

const keywords =
  'add after all alter analyze and any as asc asof at begin between by case cast check column comment commit constraint create cross current ' +
  'default delete desc describe distinct drop else end escape except exclude exists explain false filter first following for foreign from full ' +
  'group having if ilike in inner insert intersect interval into is join key last lateral left like limit matched merge natural not null nulls ' +
  'offset on or order outer over partition partitioned pivot preceding primary qualify range recursive rename replace returning right rollback row ' +
  'rows sample schema select semi anti set show summarize table tables then timestamp to true truncate type unbounded union unique unpivot ' +
  'update using values version view when where window with';
const types =
  'array bigint binary blob boolean bool char date decimal double float hugeint int integer list map numeric real smallint string struct text ' +
  'time timestamptz timestamp_ntz tinyint ubigint uinteger uuid varchar variant';

const dialect = SQLDialect.define({ keywords, types, builtin: functions, doubleDollarQuotedStrings: true, operatorChars: '*+-%<>!=&|^~/@:' });

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--code-keyword)', fontWeight: '600' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--code-number)' },
  { tag: [tags.lineComment, tags.blockComment], color: 'var(--muted)', fontStyle: 'italic' },
  { tag: [tags.standard(tags.name), tags.typeName], color: 'var(--code-function)' },
]);

const look = EditorView.theme({
  '&': { backgroundColor: 'transparent', color: 'var(--ink)', height: '100%', fontSize: '13px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-content': { fontFamily: 'var(--mono)', padding: '10px 0', caretColor: 'var(--ink)' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--faint)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--hover)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--selection)' },
  '.cm-matchingBracket': { backgroundColor: 'var(--selection)', outline: 'none' },
  '.cm-tooltip': { backgroundColor: 'var(--surface)', border: '1px solid var(--line-strong)', borderRadius: '6px', overflow: 'hidden' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 8px', fontFamily: 'var(--mono)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--accent)', color: 'var(--on-accent)' },
  '.cm-placeholder': { color: 'var(--faint)' },
});

const nonce = document.querySelector<HTMLMetaElement>('meta[name=nonce]')?.content ?? '';

interface EditorProps {
  text: string;
  change: (text: string) => void;
  run: () => void;
  layOut: () => void;
  schema: SQLNamespace;
}

export function Editor({ text, change, run, layOut, schema }: EditorProps) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>();
  const language = useRef(new Compartment());
  const handlers = useRef({ change, run, layOut });
  handlers.current = { change, run, layOut };
  const support = () => sql({ dialect, schema, upperCaseKeywords: false });
  useEffect(() => {
    const made = new EditorView({
      parent: box.current!,
      state: EditorState.create({
        doc: text,
        extensions: [
          EditorView.cspNonce.of(nonce),
          Prec.highest(
            keymap.of([
              { key: 'Mod-Enter', run: (view) => (closeCompletion(view), handlers.current.run(), true) },
              { key: 'Shift-Alt-f', run: () => (handlers.current.layOut(), true) },
            ]),
          ),
          lineNumbers(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          closeBrackets(),
          autocompletion({ icons: false }),
          highlightActiveLine(),
          syntaxHighlighting(colours),
          language.current.of(support()),
          placeholder("select * from 'table' limit 100"),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': 'SQL', spellcheck: 'false' }),
          // Escape leaves the editor for those who move by Tab.
          keymap.of([
            { key: 'Tab', run: acceptCompletion },
            ...closeBracketsKeymap,
            ...defaultKeymap,
            ...historyKeymap,
            ...completionKeymap,
            indentWithTab,
          ]),
          look,
          // One that was asked for while the focus went elsewhere would stay open.
          EditorView.domEventHandlers({ blur: (_, view) => void setTimeout(() => closeCompletion(view)) }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) handlers.current.change(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = made;
    made.focus();
    return () => made.destroy();
  }, []);
  useEffect(() => {
    view.current?.dispatch({ effects: language.current.reconfigure(support()) });
  }, [schema]);
  useEffect(() => {
    const now = view.current;
    if (!now || now.state.doc.toString() === text) return;
    // A step of its own for whoever undoes it.
    now.dispatch({ changes: { from: 0, to: now.state.doc.length, insert: text }, annotations: isolateHistory.of('full') });
  }, [text]);
  return <div class="editor" ref={box} />;
}
