// Package long gives a test its size: small in every run, large where there is time.
package long

import "os"

// Variable is what has to be set, to anything, for the large sizes.
const Variable = "ACCOUNT_OPERATOR_TEST_LONG"

// Choose returns the size that this run is to have.
func Choose[T any](short, long T) T {
	if os.Getenv(Variable) != "" {
		return long
	}
	return short
}
