// In this order. The styles of the calendar and of the palette come with them.
import 'pretendard/dist/web/variable/pretendardvariable-dynamic-subset.css';
import './mantine-styles';
import '@mantine/notifications/styles.css';
import './base.css';
