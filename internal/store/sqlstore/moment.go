package sqlstore

import (
	"errors"
	"time"
)

// stamp is how both dialects take a time: SQLite keeps it as text, which orders as the times do.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// stamped scans a time of either dialect into its stamp. NULL leaves nil.
type stamped struct{ into **string }

func (s stamped) Scan(value any) error {
	var at time.Time
	if err := (moment{&at}).Scan(value); err != nil || value == nil {
		return err
	}
	text := stamp(at)
	*s.into = &text
	return nil
}

// moment scans a time of either dialect. NULL leaves it as it is.
type moment struct{ into *time.Time }

func (m moment) Scan(value any) (err error) {
	switch v := value.(type) {
	case nil:
	case time.Time:
		*m.into = v.UTC()
	case string:
		*m.into, err = time.Parse(time.RFC3339, v)
	default:
		err = errors.New("a column holds no time")
	}
	return err
}
