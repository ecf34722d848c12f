package seal

import "github.com/tink-crypto/tink-go/v2/tink"

// ShareDataKeys has so many values share a data key.
func (s *Sealer) ShareDataKeys(most int) { s.ring.Load().data.most = most }

// KeepDataKeys has so many data keys kept open.
func (s *Sealer) KeepDataKeys(most int) { s.ring.Load().data.opened.most = most }

// DataKeys are how many are kept open.
func (s *Sealer) DataKeys() int {
	r := s.ring.Load().data.opened
	return len(r.younger) + len(r.older)
}

// CountOpenings counts how many data keys are opened from now on.
func (s *Sealer) CountOpenings() (openings *int) {
	openings = new(int)
	data := s.ring.Load().data
	data.opening = counted{data.opening, openings}
	return openings
}

type counted struct {
	tink.HybridDecrypt

	times *int
}

func (c counted) Decrypt(ciphertext, contextInfo []byte) ([]byte, error) {
	*c.times++
	return c.HybridDecrypt.Decrypt(ciphertext, contextInfo)
}
