package seal

// ShareDataKeys has so many values share a data key.
func (s *Sealer) ShareDataKeys(most int) { s.ring.Load().data.most = most }

// KeepDataKeys has so many data keys kept open.
func (s *Sealer) KeepDataKeys(most int) { s.ring.Load().data.opened.most = most }

// DataKeys are how many are kept open.
func (s *Sealer) DataKeys() int {
	r := s.ring.Load().data.opened
	return len(r.younger) + len(r.older)
}
