import { useParams } from '@tanstack/react-router';

/** A base: its tables and their views. */
export default function BasePage() {
  const { base } = useParams({ strict: false });
  return <section className="page">{base}</section>;
}
