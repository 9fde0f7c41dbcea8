package dns

// Respond answers one message as it comes by UDP or TCP, without a socket.
func (s *Server) Respond(message []byte, tcp bool) []byte {
	if tcp {
		return s.respond(message, overTCP)
	}
	return s.respond(message, overUDP)
}

// MaxUDP is the longest answer by UDP.
const MaxUDP = maxUDP

// NextSerial is how a zone's serial goes on.
func NextSerial(serial, now uint32) uint32 { return nextSerial(serial, now) }
