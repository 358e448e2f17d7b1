package syntax

import "github.com/g264/g264/h264/internal/bits"

// EncoderUUID is the uuid_iso_iec_11578 of this encoder's own SEI messages.
var EncoderUUID = [16]byte{
	0x28, 0xb0, 0xb5, 0x2c, 0x27, 0xad, 0x47, 0x0f, 0xab, 0xb1, 0xd8, 0x5d, 0xd9, 0xe0, 0x63, 0x07,
}

// userDataUnregistered is the payloadType of user_data_unregistered.
const userDataUnregistered = 5

// SEIUserData writes sei_rbsp with one user_data_unregistered message (clauses
// 7.3.2.3 and D.1.7): the identifier and the bytes of text.
func SEIUserData(w *bits.Writer, uuid [16]byte, text string) {
	w.Bits(userDataUnregistered, 8)
	size := len(uuid) + len(text)
	for ; size >= 255; size -= 255 {
		w.Bits(255, 8) // ff_byte
	}
	w.Bits(uint32(size), 8) // last_payload_size_byte
	w.AppendBytes(uuid[:])
	w.AppendBytes([]byte(text))
	w.TrailingBits()
}
