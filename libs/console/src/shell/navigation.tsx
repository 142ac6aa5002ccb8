import { ScrollArea, Stack } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useText } from '../i18n/use-text';
import { useMe } from '../me/use-me';
import { PAGE_LIST, type PageGroup } from '../routes/pages';
import classes from './navigation.module.css';
import { PAGE_ICONS } from './page-icons';
import { TeamPicker } from './team-picker';

const GROUPS: readonly PageGroup[] = ['start', 'cost', 'operations', 'administration'];

/** The pages that the person may open, by group. */
export function Navigation() {
  const text = useText();
  const { permissions } = useMe();
  const pages = PAGE_LIST.filter(({ path, permission }) => !path.includes('$') && permissions.includes(permission));
  const groups = GROUPS.map((group) => ({ group, own: pages.filter((page) => page.group === group) }));
  return (
    <ScrollArea type="auto" scrollbarSize={6} h="100%">
      <Stack gap="sm">
        <div className={classes.team}>
          <TeamPicker />
        </div>
        {groups
          .filter(({ own }) => own.length > 0)
          .map(({ group, own }) => (
            <section key={group} aria-labelledby={`group-${group}`}>
              <div id={`group-${group}`} className={classes.group}>
                {text(`shell.group.${group}`)}
              </div>
              <ul className={classes.list}>
                {own.map(({ name, path }) => {
                  const Icon = PAGE_ICONS[name];
                  return (
                    <li key={name}>
                      <Link
                        to={path}
                        activeOptions={{ exact: path === '/', includeSearch: false }}
                        className={classes.link}
                      >
                        {Icon && <Icon size={16} aria-hidden />}
                        {text(`shell.page.${name}`)}
                      </Link>
                    </li>
                  );
                })}
              </ul>
            </section>
          ))}
      </Stack>
    </ScrollArea>
  );
}
