/** All strings of this language, by module. */
const files = import.meta.glob<Record<string, unknown>>('./*.json', { eager: true, import: 'default' });

export default Object.fromEntries(Object.entries(files).map(([path, strings]) => [path.slice(2, -5), strings]));
