/** Entry point of the page: it shows either the data in the file, or a session with the console that serves it. */
import 'uplot/dist/uPlot.min.css';
import './style.css';
import { render } from 'preact';
import type { PageView } from '../view/index.ts';
import { LiveConsole } from './live-console.tsx';
import { ConsolePage } from './page.tsx';

const root = document.getElementById('page');
const inlined = document.getElementById('view')?.textContent ?? '';
if (root !== null) {
  if (inlined === '') render(<LiveConsole />, root);
  else {
    const view: PageView = JSON.parse(inlined);
    render(<ConsolePage view={view} />, root);
  }
}
