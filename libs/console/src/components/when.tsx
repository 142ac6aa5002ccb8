import { useDisplay } from '../display/use-display';
import { formatDateTime, formatDateTimeFull, formatDay, relativeTime } from '../format';

interface WhenProps {
  /** RFC 3339. */
  at: string;
  /** `ago` is relative, `day` has no time of day. */
  as?: 'ago' | 'time' | 'day';
}

/** A time in the zone of the page; its title is the whole time with the zone's name. */
export function When({ at, as = 'time' }: WhenProps) {
  const { timezone, language } = useDisplay();
  const instant = new Date(at);
  const title = formatDateTimeFull(instant, timezone, language);
  const shown = {
    ago: () => relativeTime(instant, new Date(), timezone, language).text,
    time: () => formatDateTime(instant, timezone, language),
    day: () => formatDay(instant, language, timezone),
  };
  return (
    <time dateTime={at} title={title} className="numbers">
      {shown[as]()}
    </time>
  );
}
