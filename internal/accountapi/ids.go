package accountapi

import (
	"crypto/sha256"
	"encoding/binary"
	"strconv"
)

// maxNumber is the greatest that no program confuses with another.
const maxNumber = 1<<53 - 1

// numberOf stands for an ID of ours where the client wants a number: an ID that is one already stands for itself, and any other for a part of
// its hash. Whoever looks something up compares the numbers of all that an account has; two of them that are the same, of ten thousand, would
// be one case in a hundred million accounts.
func numberOf(id string) number {
	if n, err := strconv.ParseInt(id, 10, 64); err == nil && n > 0 && n <= maxNumber && strconv.FormatInt(n, 10) == id {
		return number(n)
	}
	hash := sha256.Sum256([]byte(id))
	return number(binary.BigEndian.Uint64(hash[:8])%maxNumber + 1) //nolint:gosec // it is less than 2^53
}
