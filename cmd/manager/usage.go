package main

import "fmt"

// usageError is a flag or a file that cannot be used as it is.
type usageError struct{ text string }

func (u *usageError) Error() string { return u.text }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }
