/** Words as large as what is told of them. */
import { solid } from '../../../grid/palette';
import classes from './Dashboard.module.css';
import type { Cube } from './model';
import { type Reading, seriesOf } from './options';

const colors = [solid.blue, solid.teal, solid.purple, solid.orange, solid.cyan, solid.pink, solid.green];

interface Props {
  cube: Cube;
  reading: Reading;
  label: string;
  onPress?: (row: number) => void;
}

export function WordCloud({ cube, reading, label, onPress }: Props) {
  const [series] = seriesOf(cube, reading);
  const values = reading.rows.map((_, at) => series?.values[at] ?? 0);
  const [least, most] = [Math.min(...values), Math.max(...values, 1)];
  const size = (value: number) => 13 + 27 * Math.sqrt(most === least ? 0.5 : (value - least) / (most - least));
  return (
    <ul className={classes.cloud} aria-label={label}>
      {reading.rows.map((word, at) => {
        const value = values[at] ?? 0;
        const style = { fontSize: size(value), color: colors[at % colors.length] };
        const title = `${word}: ${reading.told(series?.measure ?? 0, value)}`;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: groups are what they are by their place
          <li key={at}>
            {onPress ? (
              <button type="button" style={style} title={title} onClick={() => onPress(at)}>
                {word}
              </button>
            ) : (
              <span style={style} title={title}>
                {word}
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
