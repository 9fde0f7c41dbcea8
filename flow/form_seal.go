package flow

// formPurpose is what forms are sealed for that wait until their sender has signed in again.
const formPurpose = "form that waits for its sender"

// SealForm seals what somebody wrote in a form, so that it can wait on a page of signing in: nobody else can read it or
// make one.
func (s *Service) SealForm(plain []byte) (string, error) {
	sealed, err := s.seal(plain, formPurpose)
	if err != nil {
		return "", err
	}
	return sealedText(sealed), nil
}

// OpenForm opens what SealForm has sealed; what it has not is an error.
func (s *Service) OpenForm(text string) ([]byte, error) {
	sealed, err := sealedOf(text)
	if err != nil {
		return nil, err
	}
	return s.unseal(sealed, formPurpose)
}
