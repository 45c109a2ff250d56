import { MantineProvider, mergeThemeOverrides } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { queryClient } from '../data/queries';
import { router } from './routes';
import { cssVars, theme as wordless } from './theme';

// Toasts come after the first screen.
const Notifications = lazy(() =>
  import('@mantine/notifications').then((module) => ({ default: module.Notifications })),
);

export function App() {
  const theme = useWordedTheme();
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVars} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <Suspense fallback={null}>
          <Notifications position="bottom-center" />
        </Suspense>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}

/** The theme with the names of buttons that Mantine draws by itself, in the language at hand. */
function useWordedTheme() {
  const { t, i18n } = useTranslation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the words change with the language
  return useMemo(() => {
    const clear = { clearButtonProps: { 'aria-label': t('clear') } };
    const close = { closeButtonProps: { 'aria-label': t('close') } };
    const show = { visibilityToggleButtonProps: { 'aria-label': t('showTyped') } };
    return mergeThemeOverrides(wordless, {
      components: {
        Select: { defaultProps: clear },
        MultiSelect: { defaultProps: clear },
        Modal: { defaultProps: close },
        PasswordInput: { defaultProps: show },
      },
    });
  }, [t, i18n.language]);
}
