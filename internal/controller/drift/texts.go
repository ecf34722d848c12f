package drift

// Text is a leaf that is a text.
type Text struct {
	Path string
	Want *string
	Have string
}

// SpareTexts notes each leaf, and takes out of what is wanted what is to be left as another client made it.
func (d *Drift) SpareTexts(leaves ...Text) error {
	for _, l := range leaves {
		mark, err := Fingerprint(*l.Want)
		if err != nil {
			return err
		}
		if d.Spares(l.Path, mark[:MarkSize], *l.Want != l.Have) {
			*l.Want = l.Have
		}
	}
	return nil
}
