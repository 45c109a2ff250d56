/** Where others are: regions to tint, and their names by cell. */
import type { Highlight } from '@glideapps/glide-data-grid';
import { useMemo } from 'react';
import type { Field } from './model';
import type { GridProps } from './types';

type Here = { name: string; color: string };

export function usePeers(
  peers: GridProps['peers'],
  fields: readonly Field[],
  source: GridProps['source'],
  version: number,
): [Highlight[], Map<string, Here[]>] {
  // biome-ignore lint/correctness/useExhaustiveDependencies: records move with every version
  return useMemo(() => {
    const regions: Highlight[] = [];
    const at = new Map<string, Here[]>();
    for (const peer of peers) {
      const x = fields.findIndex((field) => field.id === peer.field);
      const y = source.indexOf(peer.record);
      if (x < 0 || y === undefined) continue;
      regions.push({ color: `${peer.color}18`, range: { x, y, width: 1, height: 1 }, style: 'solid' });
      const key = `${x} ${y}`;
      at.set(key, [...(at.get(key) ?? []), peer]);
    }
    return [regions, at];
  }, [peers, fields, source, version]);
}
