/** The look of every report: one style sheet, no font, no address. */
export const STYLE = `
body{--page:#fff;font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:1080px;padding:0 1rem;color:#111;background:var(--page)}
h1{font-size:1.5rem}h2{margin-top:3rem;border-top:1px solid #ddd;padding-top:1rem}
.ok{color:#166534}.bad{color:#991b1b}.unit{color:#666}figure{margin:1rem 0}figcaption{font-size:.9rem}
.key{margin-left:1em;white-space:nowrap}.key i{display:inline-block;width:.8em;height:.8em;margin-right:.3em;border-radius:2px}
.dot{width:.9em;height:.9em;margin-right:.3em;vertical-align:-.1em}.band{fill:#111;opacity:.04}.bare{fill:none}
.grid{stroke:#e5e7eb}.tick{font:11px system-ui,sans-serif;fill:#666}figure>svg{width:100%;height:auto}
table{border-collapse:collapse;width:100%;font-size:.85rem}td,th{text-align:left;vertical-align:top;padding:.25rem .5rem;border-bottom:1px solid #eee}
td:first-child{white-space:nowrap;font-variant-numeric:tabular-nums}.scroll{max-height:28rem;overflow:auto}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{color:#666}dd{margin:0}
@media (prefers-color-scheme:dark){body{--page:#111;color:#eee}.unit,dt{color:#aaa}.band{fill:#fff;opacity:.07}.grid{stroke:#333}.tick{fill:#aaa}td,th{border-color:#333}h2{border-color:#333}.ok{color:#4ade80}.bad{color:#f87171}}
`;
