// SPDX-License-Identifier: GPL-3.0-or-later

import TaskSequence

/// How the page looks: on wide and narrow windows, in light and dark, on paper.
enum PageStyle {
    static let css: StaticString = """
        :root { color-scheme: light dark; --text: #1b1f24; --soft: #57606a; --line: #d0d7de; --back: #fff;
          --panel: #f6f8fa; --link: #0757ba; --warn: #8a4600; --warn-back: #fff1d6; --off: #b3261e; --off-back: #fde7e5; }
        @media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --soft: #9aa4af; --line: #3a424c;
          --back: #0f1419; --panel: #1a2028; --link: #79b8ff; --warn: #f2c078; --warn-back: #3a2c10; --off: #ff9b93;
          --off-back: #45201d; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 75rem; padding: 1.5rem; background: var(--back); color: var(--text);
          font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
          overflow-wrap: anywhere; }
        h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .5rem; }
        h2 { font-size: 1.25rem; margin: 2rem 0 .75rem; border-bottom: 1px solid var(--line); padding-bottom: .25rem; }
        main + main { margin-top: 4rem; border-top: 4px solid var(--line); padding-top: 2rem; }
        a { color: var(--link); }
        code, pre { font-family: ui-monospace, "Cascadia Mono", Consolas, "DejaVu Sans Mono", monospace;
          font-size: .875em; }
        pre { margin: .25rem 0 .75rem; padding: .6rem .8rem; background: var(--panel); border: 1px solid var(--line);
          border-radius: 6px; white-space: pre-wrap; tab-size: 4; }
        q { quotes: "\\201C" "\\201D"; white-space: pre-wrap; }
        nav ul { margin: 0 0 2rem; padding: .75rem .75rem .75rem 2rem; background: var(--panel); border-radius: 6px; }
        .description { white-space: pre-line; color: var(--soft); margin: .25rem 0 .75rem; }
        .none { color: var(--soft); font-style: italic; margin: .25rem 0; }
        dl { margin: .5rem 0; }
        dl > div { display: grid; grid-template-columns: minmax(8rem, 16rem) 1fr; gap: 0 1rem; padding: .15rem 0; }
        dt { color: var(--soft); }
        dd { margin: 0; white-space: pre-wrap; }
        .facts > div { grid-template-columns: 8rem 1fr; }
        .properties { font-size: .9rem; }
        .properties > div + div { border-top: 1px solid var(--line); }
        .redacted { color: var(--soft); font-style: italic; }
        .tree { list-style: none; margin: 0; padding: 0; }
        .tree .tree { border-left: 2px solid var(--line); padding-left: .9rem; margin-left: .3rem; }
        .tree .tree.flat { padding-left: 0; margin-left: 0; border-left: 0; }
        summary { padding: .3rem .4rem; border-radius: 6px; cursor: pointer; }
        summary:hover { background: var(--panel); }
        :focus-visible { outline: 2px solid var(--link); outline-offset: 1px; }
        details:target > summary { background: var(--warn-back); }
        .group > summary .name { font-weight: 650; }
        .body { padding: .1rem 0 .3rem 1.2rem; }
        .group > .body { padding-left: .4rem; }
        .number { color: var(--soft); font-variant-numeric: tabular-nums; font-size: .85rem; }
        .type { color: var(--soft); font-size: .85rem; }
        .mark { display: inline-block; font-size: .78rem; line-height: 1.4; padding: 0 .5em; border-radius: 1em;
          background: var(--warn-back); color: var(--warn); white-space: nowrap; }
        .mark.disabled { background: var(--off-back); color: var(--off); }
        .off > details > summary .name { text-decoration: line-through; color: var(--soft); }
        .condition { display: block; margin-left: 1.2rem; font-size: .9rem; color: var(--soft); }
        .condition b, .conditions b { color: var(--text); }
        .condition code, .conditions code { font-size: .95em; }
        .conditions { font-size: .9rem; margin-bottom: .5rem; }
        .label { margin: .5rem 0 .1rem; font-size: .85rem; font-weight: 600; color: var(--soft); }
        ul { margin: .1rem 0 .5rem; padding-left: 1.25rem; }
        table { width: 100%; border-collapse: collapse; font-size: .92rem; table-layout: fixed; }
        .content th:nth-child(1) { width: 8rem; }
        .content th:nth-child(2), .content th:nth-child(3) { width: 14rem; }
        .variables th:nth-child(1), .variables th:nth-child(3) { width: 30%; }
        th { text-align: left; color: var(--soft); font-weight: 600; }
        th, td { padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
        td ul { list-style: none; margin: 0; padding: 0; }
        td li + li { margin-top: .2rem; }
        footer { margin-top: 3rem; color: var(--soft); font-size: .85rem; }
        @media (max-width: 40rem) {
          body { padding: .75rem; }
          h1 { font-size: 1.4rem; }
          .tree .tree { padding-left: .4rem; margin-left: .1rem; }
          .body { padding-left: .4rem; }
          .group > .body { padding-left: .1rem; }
          summary { padding: .45rem .3rem; }
          .condition { margin-left: .5rem; }
          .mark { white-space: normal; }
          dl > div { grid-template-columns: 1fr; padding: .3rem 0; }
          .facts > div { grid-template-columns: 6rem 1fr; padding: .15rem 0; }
          thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
          table, tbody, tr, td { display: block; }
          tr { border: 1px solid var(--line); border-radius: 6px; padding: .5rem .75rem; margin-bottom: .75rem; }
          td { border: 0; padding: .15rem 0; }
          td:empty, td:has(> ul:empty) { display: none; }
          td::before { content: attr(data-label); display: inline-block; min-width: 5rem; font-size: .78rem;
            color: var(--soft); }
        }
        @media print {
          :root { color-scheme: light; --text: #000; --soft: #444; --line: #bbb; --back: #fff; --panel: #f5f5f5;
            --link: #000; --warn: #000; --warn-back: #eee; --off: #000; --off-back: #ddd; }
          html { font-size: 9.5pt; }
          body { max-width: none; padding: 0; }
          details::details-content { content-visibility: visible; block-size: auto; }
          details > summary { list-style: none; }
          summary, tr, dl > div { break-inside: avoid; }
          summary, h1, h2, .label { break-after: avoid; }
          a { text-decoration: none; }
        }

        """
}
