import sharp from 'sharp'
import { readFileSync } from 'node:fs'
import { drawDrafts } from '../src/providers/local/draft/drafts.ts'
import { createPace } from '../src/providers/local/pace.ts'
const [,, file='', out='', from='0', n='12'] = process.argv
const pace=createPace({signal:new AbortController().signal,onProgress:()=>{}})
const lines=readFileSync(file,'utf8').trim().split('\n').slice(+from,+from+ +n)
const tiles:any[]=[]; const W=400,H=300
for(const [i,l] of lines.entries()){
 const [prompt='',size='640x480']=l.split('|'); const [w=640,h=480]=size.split('x').map(Number)
 const t=performance.now(); const r=await drawDrafts({prompt,width:w,height:h,count:1,...(w===h?{}:{})},pace); const ms=performance.now()-t
 console.log(i,prompt,ms.toFixed(0)+'ms',JSON.stringify(r.honoured),JSON.stringify(r.notHonoured))
 const o=r.outputs[0] as any
 tiles.push({input:await sharp(o.bytes).flatten({background:'#fff'}).resize(W-6,H-6,{fit:'contain',background:'#ddd'}).png().toBuffer(),left:(i%4)*W,top:Math.floor(i/4)*H})
}
await sharp({create:{width:4*W,height:Math.ceil(lines.length/4)*H,channels:3,background:'#ddd'}}).composite(tiles).png().toFile(out)
