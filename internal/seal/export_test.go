package seal

// ShareDataKeys has so many values share a data key.
func (s *Sealer) ShareDataKeys(most int) { s.data.most = most }
