import { ActionIcon } from '@mantine/core';
import { IconArrowsMaximize, IconArrowsMinimize } from '@tabler/icons-react';

interface Props {
  /** What folding does, in words. */
  fold: string;
  unfold: string;
  onFoldAll: (folded: boolean) => void;
}

/** Folds everything and opens it again, at the end of a foot. */
export function FoldButtons({ fold, unfold, onFoldAll }: Props) {
  const common = { variant: 'subtle', color: 'gray', size: 28 } as const;
  return (
    <>
      <ActionIcon {...common} aria-label={fold} title={fold} ml="auto" onClick={() => onFoldAll(true)}>
        <IconArrowsMinimize size={15} stroke={1.7} />
      </ActionIcon>
      <ActionIcon {...common} aria-label={unfold} title={unfold} onClick={() => onFoldAll(false)}>
        <IconArrowsMaximize size={15} stroke={1.7} />
      </ActionIcon>
    </>
  );
}
