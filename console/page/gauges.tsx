/** Evidence compared with the thresholds at which it decides. */
import type { Gauge, RunView } from '../view/index.ts';
import { figure } from './plot-options.ts';

export function Gauges({ gauges, evaluation }: Pick<RunView, 'gauges' | 'evaluation'>) {
  if (gauges.length === 0 && evaluation === '') return null;
  const metrics = [...new Set(gauges.map(({ metric }) => metric))];
  return (
    <div class="card">
      <h3>
        Gate evidence <span class="unit">e-value against its threshold, log scale</span>
      </h3>
      {metrics.map((metric) => {
        const own = gauges.filter((gauge) => gauge.metric === metric);
        return (
          <div key={metric} class="metric">
            <h4>{metric}</h4>
            <p class="quiet">{own[0]?.observed}</p>
            {own.map((gauge) => (
              <Bar key={gauge.toward} gauge={gauge} />
            ))}
          </div>
        );
      })}
      {evaluation !== '' && <p class="said">{evaluation}</p>}
    </div>
  );
}

const TOWARD = { rollback: 'toward a rollback', advance: 'toward advancing' } as const;

function Bar({ gauge }: { readonly gauge: Gauge }) {
  const { toward, value, threshold, filled, metric } = gauge;
  const said = `${text(value)} of ${text(threshold)}`;
  return (
    <div class={`gauge ${toward}`}>
      <span class="toward">{TOWARD[toward]}</span>
      <span
        class="track"
        role="meter"
        aria-label={`${metric}, evidence ${TOWARD[toward]} (e-value, log scale)`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(filled * 100)}
        aria-valuetext={said}
      >
        <span class="fill" style={{ width: `${filled * 100}%` }} />
      </span>
      <span class="figure">{said}</span>
    </div>
  );
}

/** Larger e-values are not displayed exactly. */
const MOST = 1e12;

function text(value: number): string {
  return value > MOST ? `over ${figure(MOST)}` : figure(value);
}
