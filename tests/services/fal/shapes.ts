/** The smallest mesh: a scene without anything in it, as binary glTF. */
export function glb(): Buffer {
  const scene = Buffer.from('{"asset":{"version":"2.0"},"scenes":[{"nodes":[]}],"scene":0}   ')
  const json = scene.subarray(0, scene.length - (scene.length % 4))
  const head = Buffer.alloc(20)
  head.write('glTF', 0, 'latin1')
  head.writeUInt32LE(2, 4)
  head.writeUInt32LE(head.length + json.length, 8)
  head.writeUInt32LE(json.length, 12)
  head.write('JSON', 16, 'latin1')
  return Buffer.concat([head, json])
}

/** Weights of one number, as safetensors: the length of a JSON header, the header, the numbers. */
export function safetensors(): Buffer {
  const header = Buffer.from('{"up":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}')
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  return Buffer.concat([length, header, Buffer.from([0, 0, 128, 63])])
}

/** A drawing of 320 by 200 pixels, as SVG that says so in its own way. */
export function svg(): Buffer {
  return Buffer.from(
    '<?xml version="1.0" encoding="UTF-8"?>\n<!-- drawn -->\n<svg xmlns="http://www.w3.org/2000/svg" width="100%" viewBox="0 0 320 200"><path d="M0 0h320v200z"/></svg>\n',
  )
}

/** Raw samples. They begin with the bytes that begin a frame of MP3, as samples may. */
export function pcm(): Buffer {
  const samples = Buffer.from(Array.from({ length: 3_200 }, (_, at) => (at * 37) % 256))
  return Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0x64]), samples])
}
