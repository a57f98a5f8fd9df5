/// The look of every page: one column of quiet type, colour only where it names a network or a judgement.
///
/// Text contrast is at least 4.5:1 in both schemes. No fonts, images or scripts are loaded.
package enum Stylesheet {
    package static let text = palette + page + tables + figures + print

    private static let palette = """
        :root {
          color-scheme: light dark;
          --paper: #fbfaf8; --card: #ffffff; --ink: #1d1f24; --soft: #5b606b; --line: #e4e1db; --faint: #f3f1ec;
          --teacher: #6a4c9c; --student: #0c66bd; --baseline: #a65708; --good: #156c3c; --bad: #b0261d;
          --heat: 12, 102, 189; --miss: 176, 38, 29;
          --sans: -apple-system, BlinkMacSystemFont, "Segoe UI", Inter, Roboto, "Helvetica Neue", Arial, sans-serif;
          --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --paper: #15171b; --card: #1c1f25; --ink: #e7e8eb; --soft: #a4aab6; --line: #30353e; --faint: #22262d;
            --teacher: #bba4f2; --student: #74b5fb; --baseline: #efab66; --good: #74cf9b; --bad: #ff938b;
            --heat: 116, 181, 251; --miss: 255, 147, 139;
          }
        }

        """

    private static let page = """
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 400 1rem/1.6 var(--sans);
          font-variant-numeric: tabular-nums; overflow-wrap: break-word; }
        main, header, footer { max-width: 66rem; margin: 0 auto; padding: 0 clamp(1.1rem, 4vw, 2.5rem); }
        header { padding-top: clamp(1.75rem, 6vw, 4rem); }
        a { color: var(--student); text-underline-offset: .18em; text-decoration-thickness: .06em; }
        a:focus-visible, summary:focus-visible, .scroll:focus-visible, pre:focus-visible { outline: 2px solid var(--student); outline-offset: 3px; }
        h1 { margin: 0; font-size: .95rem; font-weight: 600; line-height: 1.4; }
        h2 { margin: 0 0 .35rem; font-size: 1.35rem; font-weight: 650; letter-spacing: -.012em; line-height: 1.3; }
        h3 { margin: 2rem 0 .5rem; font-size: 1rem; font-weight: 650; line-height: 1.4; }
        p, ul, ol { max-width: 44rem; margin: .5rem 0 1rem; }
        li { margin: .2rem 0; }
        section { padding: 2.6rem 0 .6rem; margin-top: 1.6rem; border-top: 1px solid var(--line); }
        code, pre { font-family: var(--mono); font-size: .86em; }
        pre { margin: .6rem 0 1.2rem; padding: 1rem 1.15rem; overflow-x: auto; line-height: 1.55; tab-size: 4;
          background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
        pre.wrap { white-space: pre-wrap; }
        summary { cursor: pointer; color: var(--student); width: fit-content; margin: .5rem 0; }
        nav ul { display: flex; flex-wrap: wrap; gap: .1rem 1.3rem; list-style: none; padding: 0; max-width: none;
          font-size: .9rem; margin: 1.6rem 0 0; }
        footer { margin-top: 3rem; padding-top: 1.2rem; padding-bottom: 3rem; color: var(--soft); font-size: .86rem; }
        .meta, .note, figcaption { color: var(--soft); font-size: .9rem; }
        .eyebrow { display: flex; flex-wrap: wrap; gap: .1rem .9rem; align-items: baseline; margin: 0; max-width: none;
          color: var(--soft); font-size: .9rem; }
        .verdict { max-width: 54rem; margin: 1.1rem 0 1rem; font-size: clamp(1.3rem, 1rem + 1.7vw, 1.95rem);
          line-height: 1.36; font-weight: 550; letter-spacing: -.016em; text-wrap: pretty; }
        .recommendation { max-width: 54rem; font-size: 1.05rem; }
        .badge { display: inline-block; margin: 2rem 0 0; padding: .15rem .7rem; border: 1px solid currentColor;
          border-radius: 99px; font-size: .84rem; font-weight: 600; }
        .good { color: var(--good); } .bad { color: var(--bad); } .plain { color: var(--soft); }
        .teacher { color: var(--teacher); } .student { color: var(--student); } .baseline { color: var(--baseline); }
        .warnings { padding: .8rem 1.1rem .8rem 1.1rem; border: 1px solid var(--line);
          border-left: 4px solid var(--baseline); border-radius: 6px; background: var(--card); max-width: 54rem; }
        .warnings h2 { font-size: 1rem; } .warnings ul { margin: .2rem 0 0; padding-left: 1.2rem; }
        dl.tiles { display: grid; grid-template-columns: repeat(3, 1fr); gap: 1px; margin: 2rem 0 0;
          background: var(--line); border: 1px solid var(--line); border-radius: 10px; overflow: hidden; }
        dl.tiles > div { display: flex; flex-direction: column; padding: 1rem 1.15rem; background: var(--card); }
        dl.tiles dt { color: var(--soft); font-size: .86rem; }
        dl.tiles dd { margin: 0; } dl.tiles .figure { font-size: 1.7rem; font-weight: 600; letter-spacing: -.02em;
          line-height: 1.35; }
        dl.facts { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .35rem 1.4rem; margin: .6rem 0 1.2rem; }
        dl.facts dt { color: var(--soft); } dl.facts dd { margin: 0; min-width: 0; }
        dl.tiles .note { line-height: 1.4; }
        ol.advice { list-style: none; padding: 0; counter-reset: advice; max-width: 50rem; }
        ol.advice > li { counter-increment: advice; position: relative; margin: 1.1rem 0; padding-left: 2.5rem; }
        ol.advice > li::before { content: counter(advice); position: absolute; left: 0; top: .05rem; width: 1.65rem;
          height: 1.65rem; display: grid; place-items: center; border: 1px solid var(--line); border-radius: 99px;
          background: var(--card); color: var(--soft); font-size: .84rem; font-weight: 600; }
        ol.advice p { margin: 0; max-width: none; } ol.advice .order { font-weight: 650; }
        .findings > li p { margin: 0; } .findings details { margin: 0 0 .6rem; } .paths { padding-left: 1.2rem; }
        .skip { position: absolute; left: -999rem; } .skip:focus { left: 1rem; top: 1rem; }

        """

    private static let tables = """
        .scroll { overflow-x: auto; margin: .8rem 0 1.2rem; }
        table { border-collapse: collapse; font-size: .93rem; line-height: 1.45; }
        table.wide { width: 100%; }
        caption { text-align: left; color: var(--soft); font-size: .9rem; padding-bottom: .5rem; }
        th, td { padding: .42rem .8rem .42rem 0; text-align: right; border-bottom: 1px solid var(--line);
          vertical-align: baseline; }
        th:last-child, td:last-child { padding-right: 0; }
        th:first-child, td.text, th.text { text-align: left; }
        thead th { font-weight: 600; vertical-align: bottom; } thead th, thead td { border-bottom-color: var(--soft); }
        tbody th { font-weight: 400; } tfoot th, tfoot td { font-weight: 600; border-bottom: 0; }
        td small, th small { display: block; color: var(--soft); font-size: .84em; font-weight: 400; }
        table.compare small { white-space: nowrap; } td.barred { white-space: nowrap; }
        td.barred .figure { display: inline-block; min-width: 3.1rem; }
        table.classes tbody th, table.classes td, table.forms td:not(.text) { white-space: nowrap; }
        td.path { font-family: var(--mono); font-size: .84em; text-align: left; overflow-wrap: anywhere; }
        td.path code { font-size: 1em; }
        table.matrix { border-collapse: separate; border-spacing: 2px; font-size: .84rem; }
        table.matrix th, table.matrix td { border: 0; padding: .1rem .3rem; }
        table.matrix td { min-width: 2.5rem; height: 2.1rem; text-align: center; vertical-align: middle; border-radius: 4px;
          background: var(--faint); }
        table.matrix tbody th { padding-right: .6rem; white-space: nowrap; vertical-align: middle; text-align: right; }
        table.matrix thead th { writing-mode: vertical-rl; transform: rotate(180deg); text-align: left; border: 0;
          font-weight: 400; padding: .3rem .1rem; white-space: nowrap; vertical-align: middle; }
        table.matrix thead th:first-child { writing-mode: horizontal-tb; transform: none; }
        table.matrix.dense { font-size: .68rem; border-spacing: 1px; }
        table.matrix.dense td { min-width: 1.35rem; height: 1.3rem; padding: 0 .1rem; border-radius: 2px; }
        td.h1 { background: rgba(var(--heat), .12) !important; } td.h2 { background: rgba(var(--heat), .22) !important; }
        td.h3 { background: rgba(var(--heat), .32) !important; } td.h4 { background: rgba(var(--heat), .42) !important; }
        td.m1 { background: rgba(var(--miss), .10) !important; } td.m2 { background: rgba(var(--miss), .20) !important; }
        td.m3 { background: rgba(var(--miss), .31) !important; } td.m4 { background: rgba(var(--miss), .43) !important; }

        """

    private static let figures = """
        figure { margin: 0; min-width: 0; }
        figcaption { margin-bottom: .4rem; } figcaption strong { color: var(--ink); font-weight: 600; }
        .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1.8rem 2.6rem;
          margin: 1.2rem 0; }
        .charts.small { grid-template-columns: repeat(auto-fit, minmax(min(100%, 16rem), 1fr)); gap: 1.6rem 2rem; }
        svg { display: block; width: 100%; height: auto; overflow: visible; font-family: var(--sans); }
        svg text { fill: var(--soft); font-size: 12px; } svg text.name { font-weight: 600; }
        svg .grid { stroke: var(--line); stroke-width: 1; } svg .axis { stroke: var(--soft); stroke-width: 1; }
        svg .line { fill: none; stroke: currentColor; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
        svg .line.thin { stroke-width: 1.4; stroke-dasharray: 2 4; }
        svg .line.dashed { stroke-dasharray: 7 4; } svg .line.thick { stroke-width: 3; }
        svg .dot { fill: currentColor; stroke: var(--paper); stroke-width: 1.5; } svg text.own { fill: currentColor; }
        svg .bar { fill: currentColor; } svg.inline { display: inline-block; width: 7rem; height: .8rem; vertical-align: -.05rem; }
        svg .line.lead, svg .lead { stroke: currentColor; stroke-width: 1; opacity: .55; }
        figure.square { max-width: 42rem; } svg .ground { fill: var(--faint); }
        svg .heat { fill: rgb(var(--heat)); } svg .miss { fill: rgb(var(--miss)); }
        svg .l0 { fill-opacity: .22; } svg .l1 { fill-opacity: .34; } svg .l2 { fill-opacity: .46; }
        svg .l3 { fill-opacity: .6; } svg .l4 { fill-opacity: .78; } svg .l5 { fill-opacity: 1; }
        .mistakes { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: 1.6rem 1.2rem;
          list-style: none; padding: 0; max-width: none; margin: 1.2rem 0; }
        .mistakes li { margin: 0; } .mistakes figcaption { margin: .5rem 0 0; font-size: .86rem; line-height: 1.45; }
        .mistakes img, .mistakes .missing { display: block; width: 100%; aspect-ratio: 1; object-fit: contain;
          background: var(--faint); border: 1px solid var(--line); border-radius: 8px; image-rendering: pixelated; }
        .mistakes .views { display: grid; grid-template-columns: 1fr 1fr; gap: .4rem; margin-top: .4rem; }
        .mistakes .views span { font-size: .78rem; color: var(--soft); } .mistakes .views img { border-radius: 5px; }
        .mistakes .missing { display: grid; place-items: center; color: var(--soft); font-size: .84rem; }
        .mistakes .path { display: block; font-family: var(--mono); font-size: .78rem; overflow-wrap: anywhere; }
        .mistakes .answer { display: block; font-weight: 600; color: var(--ink); }
        .mistakes .label, .mistakes .said { display: block; }
        .samples { display: grid; grid-template-columns: repeat(auto-fill, minmax(5.5rem, 1fr)); gap: .9rem .7rem;
          list-style: none; padding: 0; max-width: none; margin: .8rem 0; }
        .samples li { margin: 0; font-size: .8rem; line-height: 1.35; color: var(--soft); overflow-wrap: anywhere; }
        .samples img { display: block; width: 100%; aspect-ratio: 1; object-fit: contain; background: var(--faint);
          border: 1px solid var(--line); border-radius: 6px; image-rendering: pixelated; }
        table.pairs td { vertical-align: middle; } table.pairs th { vertical-align: middle; }
        table.pairs img { width: 3rem; height: 3rem; margin-right: .3rem; object-fit: contain; vertical-align: middle;
          background: var(--faint); border: 1px solid var(--line); border-radius: 5px; image-rendering: pixelated; }
        @media (max-width: 40rem) {
          .charts:not(.small) svg text { font-size: 14px; }
          table { font-size: .86rem; } th, td { padding-right: .55rem; } section { padding-top: 2rem; }
          svg.inline { width: 4rem; }
          .mistakes { grid-template-columns: repeat(2, 1fr); } dl.tiles { grid-template-columns: 1fr 1fr; }
          dl.tiles .figure { font-size: 1.35rem; } dl.tiles > div { padding: .8rem .9rem; }
          dl.facts { grid-template-columns: 1fr; gap: 0; } dl.facts dd { margin-bottom: .6rem; }
        }

        """

    private static let print = """
        @media print {
          :root { --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #ccc; --faint: #f4f4f4;
            --teacher: #5b3f8c; --student: #0a58a6; --baseline: #8a4806; --good: #0f5a31; --bad: #9a1f17;
            --heat: 12, 102, 189; --miss: 176, 38, 29; }
          body { font-size: 10pt; } main, header, footer { max-width: none; padding-left: 0; padding-right: 0; }
          nav, summary, .skip { display: none; } details::details-content { content-visibility: visible; block-size: auto; }
          .scroll { overflow: visible; } .charts { grid-template-columns: 1fr 1fr; gap: 1.2rem 1.6rem; }
          .charts.small { grid-template-columns: repeat(3, 1fr); } .charts svg text { font-size: 12px; }
          table.classes { font-size: .8rem; } table.classes td, table.classes th { padding-right: .45rem; }
          table.classes svg.inline { width: 3.2rem; } td.barred .figure { min-width: 2.6rem; }
          tr, figure, li, dl.tiles, .warnings { break-inside: avoid; } h2, h3, caption, .note { break-after: avoid; }
          section { margin-top: .6rem; padding-top: 1.2rem; } pre { white-space: pre-wrap; }
          table.matrix td, .bar, .badge { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
          @page { margin: 16mm 14mm; }
        }
        """
}
