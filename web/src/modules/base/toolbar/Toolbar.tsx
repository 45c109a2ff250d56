/** The line over the grid: what the view shows and how. On a narrow screen its tools are in one menu. */
import { ActionIcon, Button, CloseButton, Drawer, Menu, Popover } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import {
  type Icon,
  IconAdjustmentsHorizontal,
  IconAlertTriangle,
  IconArrowsSort,
  IconCheck,
  IconEyeOff,
  IconFilter,
  IconLayoutList,
  IconLineHeight,
  IconListTree,
  IconLock,
  IconPalette,
  IconPlus,
} from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Locale } from '../../../grid/format';
import type { GroupKey } from '../../../grid/groups/model';
import type { Field, RowHeight } from '../../../grid/model';
import classes from '../Base.module.css';
import { ColorRules } from '../colors/ColorRules';
import { type RuleDraft, toRules } from '../colors/model';
import { FilterBuilder } from '../filter/FilterBuilder';
import { countConditions, countIncomplete, type Group } from '../filter/model';
import { operatorsOf } from '../filter/operators';
import { useSentence } from '../filter/useSentence';
import { GroupEditor } from '../groups/GroupEditor';
import type { Filter, ShownField, SortKey, Table, ViewField } from '../model';
import { TreeEditor } from '../tree/TreeEditor';
import { FieldsMenu } from './FieldsMenu';
import { SortEditor } from './SortEditor';

export interface ToolbarProps {
  table: Table;
  shown: readonly ShownField[];
  filter: Filter | null;
  group: Group;
  levels: readonly GroupKey[];
  /** The links under whose records others may stand, and the one that counts. */
  links: readonly Field[];
  tree: string | null;
  sort: readonly SortKey[];
  rowHeight: RowHeight;
  locale: Locale;
  /** By which records are coloured. */
  rules: readonly RuleDraft[];
  /** This member looks at the view in a way of his own. */
  local: boolean;
  /** Changes are for this member alone, since the view is locked. */
  locked: boolean;
  /** Keeps what is only for this member as a view of his own; null when he can have none. */
  onKeep: (() => void) | null;
  canAdd: boolean;
  switcher: ReactNode;
  /** The field to find text with. */
  find: ReactNode;
  filterOpen: boolean;
  onFilterOpen: (open: boolean) => void;
  onGroup: (group: Group) => void;
  /** Without it the view is not grouped by what one wishes. */
  onLevels: ((levels: GroupKey[]) => void) | undefined;
  onFoldAll: (folded: boolean) => void;
  /** Without it records do not stand under others. */
  onTree: ((tree: string | null) => void) | undefined;
  onCreateTree: (() => void) | undefined;
  onFoldBranches: (folded: boolean) => void;
  onSort: ((sort: SortKey[]) => void) | undefined;
  onRules: (rules: RuleDraft[]) => void;
  onFields: (fields: ViewField[]) => void;
  onRowHeight: ((height: RowHeight) => void) | undefined;
  onReset: () => void;
  onAdd: () => void;
  /** What the kind of the view can be set to. */
  settings?: Tool | undefined;
}

export interface Tool {
  key: string;
  icon: Icon;
  label: string;
  /** What it is set to, in words; the label then is what it amounts to on a narrow screen. */
  said?: string | undefined;
  /** Why it needs a look. */
  warning?: string | undefined;
  on: boolean;
  content: ReactNode;
  open?: boolean;
  onOpen?: (open: boolean) => void;
}

export function Toolbar(props: ToolbarProps) {
  const { t } = useTranslation('base');
  const narrow = useMediaQuery('(max-width: 860px)', false, { getInitialValueInEffect: false }) ?? false;
  const tools = useTools(props);
  return (
    <div className={classes.toolbar} role="toolbar" aria-label={t('toolbar')}>
      {props.switcher}
      <span className={classes.split} />
      {narrow ? <ToolMenu tools={tools} {...props} /> : tools.map((tool) => <ToolButton key={tool.key} tool={tool} />)}
      {!narrow && props.onRowHeight && <HeightMenu rowHeight={props.rowHeight} onRowHeight={props.onRowHeight} />}
      {props.local && (
        <span className={classes.onlyYou} {...(props.locked ? { title: t('view.lockedHint') } : {})}>
          {props.locked && <IconLock size={13} />}
          {t('local.mark')}
          {props.onKeep && (
            <button type="button" className={classes.keep} onClick={props.onKeep}>
              {t('local.keep')}
            </button>
          )}
          <CloseButton size={18} aria-label={t('local.reset')} title={t('local.reset')} onClick={props.onReset} />
        </span>
      )}
      <span className={classes.grow} />
      {props.find}
      {props.canAdd &&
        (narrow ? (
          <ActionIcon size={30} variant="filled" color="skein" aria-label={t('record.add')} onClick={props.onAdd}>
            <IconPlus size={16} />
          </ActionIcon>
        ) : (
          <Button size="xs" leftSection={<IconPlus size={15} />} onClick={props.onAdd}>
            {t('record.add')}
          </Button>
        ))}
    </div>
  );
}

function useTools(props: ToolbarProps): Tool[] {
  const { t } = useTranslation('base');
  const { t: tGroup } = useTranslation('group');
  const { table, shown, filter, group, levels, sort, locale } = props;
  const hidden = shown.filter((entry) => entry.hidden).length;
  const conditions = countConditions(filter);
  const incomplete = countIncomplete(group, table.fields);
  const sentence = useSentence(filter, table.fields, locale);
  const sortable = table.fields.filter((field) => operatorsOf(field).length > 0);
  const { onLevels, onSort, onTree } = props;
  const filterTool: Tool = {
    key: 'filter',
    icon: IconFilter,
    label: conditions > 0 ? t('filter.count', { count: conditions }) : t('filter.label'),
    said: sentence,
    warning: incomplete > 0 ? t('filter.incompleteCount', { count: incomplete }) : undefined,
    on: conditions > 0,
    open: props.filterOpen,
    onOpen: props.onFilterOpen,
    content: (
      <div className={classes.filterPop}>
        <FilterBuilder
          fields={table.fields}
          outer={table.fields}
          group={group}
          locale={locale}
          onChange={props.onGroup}
        />
      </div>
    ),
  };
  const groupTool: Tool | undefined = onLevels && {
    key: 'group',
    icon: IconLayoutList,
    label: levels.length > 0 ? tGroup('count', { count: levels.length }) : tGroup('label'),
    on: levels.length > 0,
    content: <GroupEditor fields={table.fields} levels={levels} onChange={onLevels} onFoldAll={props.onFoldAll} />,
  };
  const sortTool: Tool | undefined = onSort && {
    key: 'sort',
    icon: IconArrowsSort,
    label: sort.length > 0 ? t('sort.count', { count: sort.length }) : t('sort.label'),
    on: sort.length > 0,
    content: <SortEditor fields={sortable} sort={sort} onChange={onSort} />,
  };
  const painted = toRules(props.rules, table.fields).length;
  const colors: Tool = {
    key: 'colors',
    icon: IconPalette,
    label: painted > 0 ? t('colors.count', { count: painted }) : t('colors.label'),
    warning: painted < props.rules.length ? t('colors.incomplete') : undefined,
    on: painted > 0,
    content: <ColorRules fields={sortable} rules={props.rules} locale={locale} onChange={props.onRules} />,
  };
  const tree: Tool | undefined = onTree && {
    key: 'tree',
    icon: IconListTree,
    label: tGroup('tree.label'),
    on: props.tree !== null,
    content: (
      <TreeEditor
        links={props.links}
        tree={props.tree}
        onChange={onTree}
        onCreate={props.onCreateTree}
        onFoldAll={props.onFoldBranches}
      />
    ),
  };
  const fields: Tool = {
    key: 'fields',
    icon: IconEyeOff,
    label: hidden > 0 ? t('fields.count', { count: hidden }) : t('fields.label'),
    on: hidden > 0,
    content: <FieldsMenu shown={shown} onChange={props.onFields} />,
  };
  const all = [props.settings, fields, filterTool, groupTool, sortTool, tree, colors];
  return all.filter((tool) => tool !== undefined);
}

function ToolButton({ tool }: { tool: Tool }) {
  const { t } = useTranslation('base');
  const Shape = tool.icon;
  const [own, setOwn] = useState(false);
  const open = tool.open ?? own;
  const setOpen = tool.onOpen ?? setOwn;
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <button
          type="button"
          className={classes.tool}
          data-on={tool.on}
          data-said={tool.said !== undefined}
          data-tool="true"
          aria-expanded={open}
          aria-label={tool.said ? t('filter.said', { sentence: tool.said }) : tool.label}
          title={tool.said ?? tool.label}
          onClick={() => setOpen(!open)}
        >
          <Shape size={16} stroke={1.7} />
          <span>{tool.said ?? tool.label}</span>
          {tool.warning && <IconAlertTriangle className={classes.warning} size={14} aria-label={tool.warning} />}
        </button>
      </Popover.Target>
      <Popover.Dropdown p={0}>{tool.content}</Popover.Dropdown>
    </Popover>
  );
}

const heights: readonly RowHeight[] = ['short', 'medium', 'tall'];

interface HeightProps {
  rowHeight: RowHeight;
  onRowHeight: (height: RowHeight) => void;
}

function HeightMenu({ rowHeight, onRowHeight }: HeightProps) {
  const { t } = useTranslation('base');
  return (
    <Menu position="bottom-start" shadow="md">
      <Menu.Target>
        <button
          type="button"
          className={classes.tool}
          data-on={rowHeight !== 'short'}
          data-tool="true"
          aria-label={t('height.label')}
          title={t('height.label')}
        >
          <IconLineHeight size={16} stroke={1.7} />
          <span>{t('height.label')}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <HeightItems rowHeight={rowHeight} onRowHeight={onRowHeight} />
      </Menu.Dropdown>
    </Menu>
  );
}

function HeightItems({ rowHeight, onRowHeight }: HeightProps) {
  const { t } = useTranslation('base');
  return heights.map((height) => (
    <Menu.Item
      key={height}
      onClick={() => onRowHeight(height)}
      rightSection={height === rowHeight ? <IconCheck size={14} /> : undefined}
    >
      {t(`height.${height}`)}
    </Menu.Item>
  ));
}

function ToolMenu({ tools, ...props }: ToolbarProps & { tools: Tool[] }) {
  const { t } = useTranslation('base');
  const [open, setOpen] = useState<string | null>(null);
  const shown = tools.find((tool) => tool.key === (props.filterOpen ? 'filter' : open));
  return (
    <>
      <Menu position="bottom-start" shadow="md">
        <Menu.Target>
          <button
            type="button"
            className={classes.tool}
            data-on={tools.some((tool) => tool.on)}
            aria-label={t('toolbar')}
          >
            <IconAdjustmentsHorizontal size={17} stroke={1.7} />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {tools.map(({ key, icon: Shape, label }) => (
            <Menu.Item key={key} leftSection={<Shape size={16} stroke={1.7} />} onClick={() => setOpen(key)}>
              {label}
            </Menu.Item>
          ))}
          {props.onRowHeight && (
            <>
              <Menu.Divider />
              <Menu.Label>{t('height.label')}</Menu.Label>
              <HeightItems rowHeight={props.rowHeight} onRowHeight={props.onRowHeight} />
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      <Drawer
        opened={shown !== undefined}
        onClose={() => {
          setOpen(null);
          props.onFilterOpen(false);
        }}
        position="bottom"
        size="75%"
        title={shown?.label}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        {shown?.content}
      </Drawer>
    </>
  );
}
