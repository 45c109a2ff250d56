/** Which of the application's own dialogs is open. They are loaded when first opened. */
import { create } from 'zustand';

interface Overlays {
  palette: boolean;
  shortcuts: boolean;
  status: boolean;
  /** The resource whose access is shown. */
  share: { id: string; name: string } | null;
}

export const useOverlays = create<Overlays>(() => ({ palette: false, shortcuts: false, status: false, share: null }));

export const openPalette = () => useOverlays.setState({ palette: true });
export const openShortcuts = () => useOverlays.setState({ shortcuts: true });
export const openStatus = () => useOverlays.setState({ status: true });
