import { Outlet } from '@tanstack/react-router';

/** The frame around every page: rail and panel. */
export function Shell() {
  return (
    <div className="shell">
      <nav className="rail" />
      <main className="stage">
        <Outlet />
      </main>
    </div>
  );
}
